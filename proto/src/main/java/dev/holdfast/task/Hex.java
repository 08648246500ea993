package dev.holdfast.task;

/**
 * Lower-case hex digits in texts: ids and hashes are checked whenever a row or a message is read.
 */
public final class Hex {
  private Hex() {}

  /** Whether all characters of a part of a text are lower-case hex digits. */
  public static boolean lower(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }
}

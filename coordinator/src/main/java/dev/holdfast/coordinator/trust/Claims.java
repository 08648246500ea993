package dev.holdfast.coordinator.trust;

/**
 * What an agent says of itself. It may say anything, so it decides nothing, and is made fit for a
 * table, a log line and a terminal before it is kept.
 */
public final class Claims {
  private Claims() {}

  /** The text, cut to a length, without control characters. */
  public static String text(String claimed, int maxChars) {
    String cut = claimed.length() > maxChars ? claimed.substring(0, maxChars) : claimed;
    return cut.replaceAll("\\p{C}", "?");
  }
}

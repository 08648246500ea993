package dev.holdfast.coordinator.inventory;

/** Numbers of any length, as they stand in versions. */
final class Digits {
  private Digits() {}

  static boolean is(char c) {
    return c >= '0' && c <= '9';
  }

  /** Where the digits end that begin at a place. */
  static int end(String text, int from) {
    int end = from;
    while (end < text.length() && is(text.charAt(end))) {
      end++;
    }
    return end;
  }

  /** Compares digits as numbers; none is zero. */
  static int compare(String left, String right) {
    String one = withoutZeros(left);
    String other = withoutZeros(right);
    return one.length() != other.length()
        ? Integer.compare(one.length(), other.length())
        : one.compareTo(other);
  }

  private static String withoutZeros(String digits) {
    int from = 0;
    while (from < digits.length() && digits.charAt(from) == '0') {
      from++;
    }
    return digits.substring(from);
  }
}

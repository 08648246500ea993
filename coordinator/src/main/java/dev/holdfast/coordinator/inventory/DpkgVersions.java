package dev.holdfast.coordinator.inventory;

/**
 * The order of one part of a Debian version: what is no digit by rank ({@code ~} before the end,
 * letters before all else), numbers as numbers, in turn.
 */
final class DpkgVersions {
  private DpkgVersions() {}

  static int compare(String left, String right) {
    int i = 0;
    int j = 0;
    while (i < left.length() || j < right.length()) {
      while (noDigit(left, i) || noDigit(right, j)) {
        int difference = rank(left, i) - rank(right, j);
        if (difference != 0) {
          return difference;
        }
        i++;
        j++;
      }
      int endLeft = Digits.end(left, i);
      int endRight = Digits.end(right, j);
      int numbers = Digits.compare(left.substring(i, endLeft), right.substring(j, endRight));
      if (numbers != 0) {
        return numbers;
      }
      i = endLeft;
      j = endRight;
    }
    return 0;
  }

  private static boolean noDigit(String text, int at) {
    return at < text.length() && !Digits.is(text.charAt(at));
  }

  private static int rank(String text, int at) {
    if (at >= text.length() || Digits.is(text.charAt(at))) {
      return 0;
    }
    char c = text.charAt(at);
    if (c == '~') {
      return -1;
    }
    boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter ? c : c + 0x10000;
  }
}

package dev.holdfast.coordinator.inventory;

/**
 * The order of one part of an RPM version: runs of digits or of letters, one after the other;
 * whatever parts them counts for nothing, but {@code ~} comes before the end and {@code ^} right
 * after it.
 */
final class RpmVersions {
  private RpmVersions() {}

  static int compare(String left, String right) {
    int i = 0;
    int j = 0;
    while (true) {
      i = start(left, i);
      j = start(right, j);
      boolean tildeLeft = at(left, i, '~');
      boolean tildeRight = at(right, j, '~');
      if (tildeLeft || tildeRight) {
        if (!tildeRight) {
          return -1;
        }
        if (!tildeLeft) {
          return 1;
        }
        i++;
        j++;
        continue;
      }
      boolean caretLeft = at(left, i, '^');
      boolean caretRight = at(right, j, '^');
      if (caretLeft || caretRight) {
        if (!caretLeft) {
          return i >= left.length() ? -1 : 1;
        }
        if (!caretRight) {
          return j >= right.length() ? 1 : -1;
        }
        i++;
        j++;
        continue;
      }
      if (i >= left.length() || j >= right.length()) {
        return Boolean.compare(i < left.length(), j < right.length());
      }
      boolean digits = Digits.is(left.charAt(i));
      if (digits != Digits.is(right.charAt(j))) {
        return digits ? 1 : -1; // numbers are newer than letters
      }
      int endLeft = digits ? Digits.end(left, i) : letters(left, i);
      int endRight = digits ? Digits.end(right, j) : letters(right, j);
      String one = left.substring(i, endLeft);
      String other = right.substring(j, endRight);
      int runs = digits ? Digits.compare(one, other) : one.compareTo(other);
      if (runs != 0) {
        return runs;
      }
      i = endLeft;
      j = endRight;
    }
  }

  private static boolean at(String text, int at, char c) {
    return at < text.length() && text.charAt(at) == c;
  }

  private static int start(String text, int from) {
    int at = from;
    while (at < text.length() && !counts(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private static boolean counts(char c) {
    return Digits.is(c) || letter(c) || c == '~' || c == '^';
  }

  private static int letters(String text, int from) {
    int end = from;
    while (end < text.length() && letter(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private static boolean letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }
}

package dev.holdfast.pattern;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keeps from the library the patterns that it would read for ever. Where case does not matter it
 * goes from each character to its next other case until it is back at the first; the nine letters
 * from U+1C80 on have other cases in this JDK and no way back in the library. So nothing that is
 * read without regard to case may name one of them, by itself or within a range.
 */
final class CaseFold {
  private static final Pattern IGNORED = Pattern.compile("\\(\\?[A-Za-z-]*i");
  private static final Pattern BY_NUMBER = Pattern.compile("\\\\x\\{0*([0-9A-Fa-f]{1,8})}");
  private static final int FIRST = 0x1C80;
  private static final int LAST = 0x1C88;

  private CaseFold() {}

  /**
   * Whether a pattern may do so. Some that would not are taken for such, never the reverse: a range
   * whose beginning is written by its number counts as one from the lowest character on.
   */
  static boolean endless(String pattern) {
    return IGNORED.matcher(pattern).find() && (namesOne(pattern) || spansThem(pattern));
  }

  private static boolean namesOne(String pattern) {
    return pattern.chars().anyMatch(CaseFold::isOne)
        || BY_NUMBER
            .matcher(pattern)
            .results()
            .anyMatch(number -> isOne(Integer.parseUnsignedInt(number.group(1), 16)));
  }

  private static boolean isOne(int character) {
    return character >= FIRST && character <= LAST;
  }

  private static boolean spansThem(String pattern) {
    Matcher number = BY_NUMBER.matcher(pattern);
    int at = 0;
    while (at < pattern.length()) {
      if (pattern.charAt(at) == '[') {
        int end = Math.min(pattern.length(), Patterns.classEnd(pattern, at));
        for (int i = at + 1; i < end - 1; i++) {
          if (pattern.charAt(i) == '-'
              && pattern.codePointBefore(i) <= LAST
              && last(pattern, i + 1, number) >= FIRST) {
            return true;
          }
        }
        at = end;
      } else {
        at += pattern.charAt(at) == '\\' ? 2 : 1;
      }
    }
    return false;
  }

  /** The last character of a range, which is written from there on. */
  private static int last(String pattern, int at, Matcher number) {
    if (pattern.charAt(at) != '\\' || at + 1 == pattern.length()) {
      return pattern.codePointAt(at);
    }
    return number.region(at, pattern.length()).lookingAt()
        ? Integer.parseUnsignedInt(number.group(1), 16)
        : pattern.codePointAt(at + 1);
  }
}

package dev.holdfast.document;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;

/**
 * The patterns that values have to match: RE2, searched unanchored as in AWS (spec.md section 1.4).
 * RE2 takes time in proportion to the value and to the pattern written out, repetitions and all;
 * both are bounded, and so is their product.
 */
final class Patterns {
  private static final java.util.regex.Pattern REPEAT =
      java.util.regex.Pattern.compile("\\{([0-9]{1,4})(,([0-9]{0,4}))?}");
  private static final long ENDLESS = 1L << 40;

  private Patterns() {}

  /** What is wrong with a pattern; empty if nothing is. */
  static Optional<String> problem(String pattern) {
    if (pattern.length() > DocumentLimits.MAX_PATTERN_LENGTH) {
      return Optional.of(
          "an allowedPattern of "
              + pattern.length()
              + " characters; at most "
              + DocumentLimits.MAX_PATTERN_LENGTH
              + " are allowed");
    }
    long size = size(pattern);
    if (size > DocumentLimits.MAX_PATTERN_SIZE) {
      return Optional.of(
          "an allowedPattern that is "
              + (size == ENDLESS ? "far more" : size)
              + " long with its repetitions written out; at most "
              + DocumentLimits.MAX_PATTERN_SIZE
              + " are allowed");
    }
    try {
      Pattern.compile(pattern);
      return Optional.empty();
    } catch (PatternSyntaxException e) {
      return Optional.of(
          "the allowedPattern is not a RE2 regular expression: "
              + e.getDescription()
              + ": "
              + e.getPattern());
    }
  }

  /**
   * Checks texts against a pattern in which nothing is wrong.
   *
   * @return the first text that does not match, or what keeps them from being matched; empty if all
   *     match
   */
  static Optional<String> mismatch(String pattern, List<String> texts) {
    long length = texts.stream().mapToLong(String::length).sum();
    if (size(pattern) * length > DocumentLimits.MAX_MATCH_STEPS) {
      return Optional.of(
          "has "
              + length
              + " characters, which is too much to be matched against "
              + pattern
              + "; the product of both lengths can be at most "
              + DocumentLimits.MAX_MATCH_STEPS);
    }
    Pattern compiled = Pattern.compile(pattern);
    return texts.stream()
        .filter(text -> !compiled.matcher(text).find())
        .findFirst()
        .map(text -> "is '" + Keys.shortened(text) + "'; it has to match " + pattern);
  }

  /** How long the pattern is with its repetitions written out; never too small. */
  static long size(String pattern) {
    Deque<Long> outer = new ArrayDeque<>();
    Matcher repeat = REPEAT.matcher(pattern);
    long before = 0;
    long last = 0;
    int at = 0;
    while (at < pattern.length()) {
      char c = pattern.charAt(at);
      if (c == '{' && repeat.region(at, pattern.length()).lookingAt()) {
        last = Math.min(ENDLESS, last * times(repeat) + 1);
        at = repeat.end();
        continue;
      }
      switch (c) {
        case '*', '+', '?' -> last++;
        case '(' -> {
          outer.push(before + last);
          before = 0;
          last = 0;
        }
        case ')' -> {
          last = Math.min(ENDLESS, before + last + 2);
          before = outer.isEmpty() ? 0 : outer.pop();
        }
        case '[' -> {
          before = Math.min(ENDLESS, before + last);
          last = 1;
          at = classEnd(pattern, at);
        }
        default -> {
          before = Math.min(ENDLESS, before + last);
          last = 1;
          at += c == '\\' ? 1 : 0;
        }
      }
      at++;
    }
    while (!outer.isEmpty()) {
      before = Math.min(ENDLESS, before + outer.pop());
    }
    return Math.min(ENDLESS, before + last);
  }

  private static int times(Matcher repeat) {
    int least = Integer.parseInt(repeat.group(1));
    String most = repeat.group(3);
    return Math.max(1, most == null ? least : most.isEmpty() ? least + 1 : Integer.parseInt(most));
  }

  /** Where a class of characters ends; the end of the pattern if it doesn't. */
  private static int classEnd(String pattern, int start) {
    int at = start + 1;
    at += pattern.startsWith("^", at) ? 1 : 0;
    at += pattern.startsWith("]", at) ? 1 : 0;
    while (at < pattern.length() && pattern.charAt(at) != ']') {
      int named = pattern.startsWith("[:", at) ? pattern.indexOf(":]", at) : -1;
      at = named > 0 ? named + 2 : at + (pattern.charAt(at) == '\\' ? 2 : 1);
    }
    return at;
  }
}

package dev.holdfast.pattern;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.holdfast.task.Limits;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import java.util.regex.Matcher;

/**
 * The patterns of documents: RE2, searched unanchored as in AWS (spec.md section 1.4). RE2 takes
 * time in proportion to the value and to the pattern written out, repetitions and all; both are
 * bounded, and so is their product where a value is checked. The library calls itself once for each
 * repetition, so whatever is longer than a few signs is read and searched on a stack of its own.
 */
public final class Patterns {
  private static final java.util.regex.Pattern REPEAT =
      java.util.regex.Pattern.compile("\\{([0-9]{1,4})(,([0-9]{0,4}))?}");
  private static final long ENDLESS = 1L << 40;

  /** Written out, so long a pattern takes no more than a few calls within each other. */
  private static final long SHALLOW = 64;

  /** Bytes; eight times what the longest pattern took. */
  private static final long STACK = 8L * 1024 * 1024;

  private Patterns() {}

  /**
   * What is wrong with a pattern; empty if nothing is.
   *
   * @param name what the document calls it
   */
  public static Optional<String> problem(String name, String pattern) {
    if (pattern.length() > Limits.MAX_PATTERN_LENGTH) {
      return Optional.of(
          name
              + " has "
              + pattern.length()
              + " characters; at most "
              + Limits.MAX_PATTERN_LENGTH
              + " are allowed");
    }
    long size = size(pattern);
    if (size > Limits.MAX_PATTERN_SIZE) {
      return Optional.of(
          name
              + " is "
              + (size == ENDLESS ? "far more" : size)
              + " long with its repetitions written out; at most "
              + Limits.MAX_PATTERN_SIZE
              + " are allowed");
    }
    if (CaseFold.endless(pattern)) {
      return Optional.of(
          name
              + " sets case aside with (?i) and names a letter of U+1C80 to U+1C88, or a range that"
              + " may reach over them, whose other cases are not known; leave (?i) out, or begin"
              + " the range behind them, with a character as it is");
    }
    try {
      Pattern _ = deep(size, () -> Pattern.compile(pattern));
      return Optional.empty();
    } catch (PatternSyntaxException e) {
      return Optional.of(
          name + " is not a RE2 regular expression: " + e.getDescription() + ": " + e.getPattern());
    }
  }

  /** In which of the texts a pattern is found, in their order; nothing is wrong in it. */
  public static List<Boolean> found(String pattern, List<String> texts) {
    return deep(
        size(pattern),
        () -> {
          Pattern compiled = Pattern.compile(pattern);
          return texts.stream().map(text -> compiled.matcher(text).find()).toList();
        });
  }

  private static <T> T deep(long size, Supplier<T> work) {
    if (size <= SHALLOW) {
      return work.get();
    }
    FutureTask<T> task = new FutureTask<>(work::get);
    new Thread(null, task, "pattern", STACK).start();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true; // it is bounded, and whoever asked needs the answer
        }
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof PatternSyntaxException wrong
          ? wrong
          : new IllegalStateException("a pattern of length " + size + " can't be used", e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** How long a pattern is with its repetitions written out; never too small. */
  public static long size(String pattern) {
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
  static int classEnd(String pattern, int start) {
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

package dev.holdfast.permit;

import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * How carefully an association runs, as it was written (spec.md section 3.1): a number, or a
 * percentage of its members. Empty: no limit.
 *
 * @param concurrency how many of its runs may be in progress at once
 * @param errors how many of an execution's runs may end in error before the rest of it is skipped
 */
public record RateLimits(String concurrency, String errors) {
  /** What a concurrency looks like: at least 1, or 1 % to 100 %. */
  public static final Pattern CONCURRENCY = Pattern.compile("[1-9][0-9]*|[1-9][0-9]%|[1-9]%|100%");

  /** What errors look like: 0 is a limit too. */
  public static final Pattern ERRORS = Pattern.compile("[1-9][0-9]*|0|[1-9][0-9]%|[0-9]%|100%");

  /** Characters that either may have. */
  public static final int MAX_CHARS = 7;

  /** Neither is limited. */
  public static final RateLimits NONE = new RateLimits("", "");

  /** Whether anything is limited: then each run needs a permit. */
  public boolean limited() {
    return !concurrency.isEmpty() || !errors.isEmpty();
  }

  /** The concurrency of so many members: a percentage rounds down, to at least 1. */
  public OptionalInt concurrency(int members) {
    return concurrency.isEmpty()
        ? OptionalInt.empty()
        : OptionalInt.of(Math.max(1, number(concurrency, members)));
  }

  /** The errors that so many members may have: a percentage rounds down. */
  public OptionalInt errors(int members) {
    return errors.isEmpty() ? OptionalInt.empty() : OptionalInt.of(number(errors, members));
  }

  private static int number(String text, int members) {
    if (text.endsWith("%")) {
      long percent = Long.parseLong(text.substring(0, text.length() - 1));
      return (int) (percent * members / 100);
    }
    return Integer.parseInt(text);
  }
}

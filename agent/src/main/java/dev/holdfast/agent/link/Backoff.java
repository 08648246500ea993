package dev.holdfast.agent.link;

import dev.holdfast.task.Limits;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before dialling again: a random time up to a bound that doubles with each
 * failure. After a good link the bound is the window that the coordinator named, so that a fleet
 * whose coordinator was restarted does not come back all at once.
 */
final class Backoff {
  private static final Duration LONGEST_WINDOW = Duration.ofHours(1);

  private final RandomGenerator random;
  private int failures;
  private Duration window = Duration.ZERO;

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  /** The coordinator named the window for coming back. */
  void window(Duration named) {
    Duration atLeast = named.isNegative() ? Duration.ZERO : named;
    window = atLeast.compareTo(LONGEST_WINDOW) > 0 ? LONGEST_WINDOW : atLeast;
  }

  /** The wait after a connection ended that was a link for this long; zero if it never was. */
  Duration next(Duration linked) {
    if (linked.compareTo(Limits.GOOD_LINK) >= 0) {
      failures = 1;
      Duration first = Limits.RECONNECT_FIRST;
      return upTo(window.compareTo(first) > 0 ? window : first);
    }
    Duration bound = bound(failures);
    failures++;
    return upTo(bound);
  }

  /** The bound of the wait after this many failures in a row. */
  static Duration bound(int failures) {
    Duration bound = Limits.RECONNECT_FIRST.multipliedBy(1L << Math.min(failures, 20));
    return bound.compareTo(Limits.RECONNECT_LONGEST) > 0 ? Limits.RECONNECT_LONGEST : bound;
  }

  private Duration upTo(Duration bound) {
    return Duration.ofMillis(random.nextLong(bound.toMillis() + 1));
  }
}

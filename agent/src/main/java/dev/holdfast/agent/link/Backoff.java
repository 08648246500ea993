package dev.holdfast.agent.link;

import dev.holdfast.task.Limits;
import dev.holdfast.task.TransportLimits;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before dialling again: a random time up to a bound that doubles with each
 * failure. The bound is never less than the window that the coordinator named last, so that a fleet
 * whose coordinator was away does not come back all at once, however that went away.
 */
final class Backoff {
  private static final Duration LONGEST_WINDOW = Duration.ofHours(1);

  /** What a link that did not last leaves of the failures before it: a bound of 2 s. */
  private static final int AFTER_SHORT_LINK = 1;

  private final RandomGenerator random;
  private int failures;
  private Duration window = Duration.ZERO;
  private Duration atLeast = Duration.ZERO;

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  /** The coordinator named the window for coming back. */
  void window(Duration named) {
    window = shorter(named.isNegative() ? Duration.ZERO : named, LONGEST_WINDOW);
  }

  /** The coordinator said that this host came too often: the next wait is no shorter than that. */
  void atLeast(Duration named) {
    atLeast = shorter(named, TransportLimits.LONGEST_RETRY_TIME);
  }

  /**
   * The wait after a connection ended that was a link for this long; zero if it never was. After a
   * link that lasted it begins anew; one that did not is a failure, but the coordinator is there.
   */
  Duration next(Duration linked) {
    if (linked.compareTo(Limits.GOOD_LINK) >= 0) {
      failures = 0;
    } else if (linked.isPositive()) {
      failures = Math.min(failures, AFTER_SHORT_LINK);
    }
    Duration bound = bound(failures);
    failures++;
    Duration wait = atLeast.plus(upTo(bound.compareTo(window) > 0 ? bound : window));
    atLeast = Duration.ZERO;
    return wait;
  }

  /** The bound of the wait after this many failures in a row. */
  static Duration bound(int failures) {
    Duration bound = Limits.RECONNECT_FIRST.multipliedBy(1L << Math.min(failures, 20));
    return bound.compareTo(Limits.RECONNECT_LONGEST) > 0 ? Limits.RECONNECT_LONGEST : bound;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private Duration upTo(Duration bound) {
    return Duration.ofMillis(random.nextLong(bound.toMillis() + 1));
  }
}

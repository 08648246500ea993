package dev.holdfast.coordinator.webhook;

import dev.holdfast.coordinator.store.Webhooks.Condition;
import dev.holdfast.coordinator.store.Webhooks.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Decides when a webhook that was not taken is tried again, and when it is given up. */
public final class WebhookRule {
  /** The first wait after a failure; it doubles. */
  static final Duration FIRST_WAIT = Duration.ofSeconds(1);

  /** The longest wait. */
  static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

  /** How long one event is tried. */
  static final Duration GIVEN_UP_AFTER = Duration.ofDays(1);

  private static final int DOUBLINGS = 10;

  private WebhookRule() {}

  /** What was sent was taken. */
  static State taken(State before, Instant now) {
    return before.condition() == Condition.OK ? State.fine(before.since()) : State.fine(now);
  }

  /** It was not. */
  static State refused(State before, String message, Instant now) {
    boolean first = before.condition() != Condition.FAILING || before.since().isAfter(now);
    Instant since = first ? now : before.since();
    int failures = (before.condition() == Condition.FAILING ? before.failures() : 0) + 1;
    if (Duration.between(since, now).compareTo(GIVEN_UP_AFTER) >= 0) {
      return new State(Condition.GIVEN_UP, message, now, failures, Optional.empty());
    }
    return new State(
        Condition.FAILING, message, since, failures, Optional.of(now.plus(wait(failures))));
  }

  /** The wait after so many failures in a row. */
  static Duration wait(int failures) {
    Duration wait = FIRST_WAIT.multipliedBy(1L << Math.min(failures - 1, DOUBLINGS));
    return wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
  }

  /**
   * How long until it is to be sent. A wait that is longer than any was reckoned by a clock that
   * has gone back since; it is over.
   */
  static Duration until(State state, Instant now) {
    Duration left = state.nextAttempt().map(at -> Duration.between(now, at)).orElse(Duration.ZERO);
    return left.isNegative() || left.compareTo(LONGEST_WAIT) > 0 ? Duration.ZERO : left;
  }
}

package dev.holdfast.agent.identity;

import dev.holdfast.task.IdentityLimits;
import java.time.Duration;
import java.time.Instant;

/** When a certificate is renewed: pure. */
public final class RenewalRule {
  /** It is looked again at least so often, for clocks that step. */
  private static final Duration LOOK = Duration.ofHours(1);

  private RenewalRule() {}

  /**
   * How long to wait before it is looked again; zero if it is to be renewed now. At half of its
   * life, a tenth of it sooner or later.
   *
   * @param chance between 0 and 1, the same for one certificate
   */
  public static Duration until(Instant notAfter, Duration life, double chance, Instant now) {
    Duration left = Duration.ofMillis((long) (life.toMillis() * (0.4 + 0.2 * chance)));
    Duration wait = Duration.between(now, notAfter.minus(left));
    if (wait.isNegative() || wait.isZero()) {
      return Duration.ZERO;
    }
    return wait.compareTo(LOOK) > 0 ? LOOK : wait;
  }

  /**
   * How long to wait after a try that failed: up to an hour, or a twentieth of the life; a random
   * half of it less.
   *
   * @param chance between 0 and 1
   */
  public static Duration again(Duration life, double chance) {
    Duration part = life.dividedBy(20);
    Duration longest =
        part.compareTo(IdentityLimits.RENEWAL_RETRY) < 0 ? part : IdentityLimits.RENEWAL_RETRY;
    return Duration.ofMillis((long) (longest.toMillis() * (0.5 + 0.5 * chance)));
  }
}

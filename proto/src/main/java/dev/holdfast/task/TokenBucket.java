package dev.holdfast.task;

import java.time.Duration;

/**
 * How much may come: tokens that come back at a steady rate, up to a bound. It may owe: what came
 * already is paid for afterwards, and until it is nothing more may come. Time is monotonic.
 *
 * @param rate how they come back
 * @param tokens that were there at {@code since}; negative: so many are owed
 * @param since when that was
 */
public record TokenBucket(Rate rate, double tokens, Duration since) {
  private static final double NANOS = 1e9;

  /**
   * How tokens come back.
   *
   * @param aSecond so many each second; more than 0
   * @param atMost so many after a pause; at least 1
   */
  public record Rate(double aSecond, double atMost) {
    /** Refuses what would let nothing through, ever. */
    public Rate {
      if (!(aSecond > 0) || !(atMost >= 1)) {
        throw new IllegalArgumentException(
            "a rate of " + aSecond + " a second, at most " + atMost + " at once, lets nothing in");
      }
    }
  }

  /** One after a pause. */
  public static TokenBucket full(Rate rate, Duration now) {
    return new TokenBucket(rate, rate.atMost, now);
  }

  /** The same bucket, later. Time that goes back changes nothing. */
  public TokenBucket at(Duration now) {
    double passed = Math.max(0, now.minus(since).toNanos() / NANOS);
    return new TokenBucket(
        rate, Math.min(rate.atMost, tokens + passed * rate.aSecond), passed > 0 ? now : since);
  }

  /** Takes so many, whether they are there or not. */
  public TokenBucket spend(double cost, Duration now) {
    TokenBucket filled = at(now);
    return new TokenBucket(rate, filled.tokens - cost, filled.since);
  }

  /** How long until so many are there; zero: they are. More than there can ever be never are. */
  public Duration until(double cost, Duration now) {
    double missing = cost - at(now).tokens;
    return missing <= 0
        ? Duration.ZERO
        : Duration.ofNanos((long) Math.ceil(missing / rate.aSecond * NANOS));
  }

  /** Whether so many are there. */
  public boolean has(double cost, Duration now) {
    return until(cost, now).isZero();
  }
}

package dev.holdfast.task;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * How fast time passes for a program: as it does, or, to see a day of it in minutes, faster from
 * some moment on. Programs that have the same moment and the same factor have the same time. For
 * any thread.
 */
public final class Tempo {
  /** The factors that may be asked for. */
  public static final double MOST = 10_000;

  private final InstantSource clock;
  private final long origin = System.nanoTime();
  private final Instant start;
  private final Duration untilZero;
  private final double factor;

  private Tempo(InstantSource clock, Instant zero, double factor) {
    if (!(factor >= 1 && factor <= MOST)) {
      throw new IllegalArgumentException("a factor of time outside 1 to " + MOST + ": " + factor);
    }
    this.clock = clock;
    this.start = clock.instant();
    Duration until = Duration.between(start, zero);
    this.untilZero = until.isNegative() ? Duration.ZERO : until;
    this.factor = factor;
  }

  /** As time passes by a clock, which may step. */
  public static Tempo of(InstantSource clock) {
    return new Tempo(clock, clock.instant(), 1);
  }

  /**
   * As time passes until a moment of the clock, and from then on so many times as fast. What the
   * clock does afterwards is not looked at.
   *
   * @param factor 1 to {@link #MOST}
   */
  public static Tempo faster(InstantSource clock, Instant zero, double factor) {
    return new Tempo(clock, zero, factor);
  }

  /** The wall clock. */
  public Instant now() {
    return factor == 1 ? clock.instant() : start.plus(uptime());
  }

  /** Since this was made; never goes back. */
  public Duration uptime() {
    return passed(Duration.ofNanos(System.nanoTime() - origin));
  }

  /** How long one really waits from now on until so much has passed. */
  public Duration wait(Duration time) {
    if (factor == 1) {
      return time;
    }
    Duration really = Duration.ofNanos(System.nanoTime() - origin);
    return until(passed(really).plus(time)).minus(really);
  }

  /** What has passed when so much really has. */
  Duration passed(Duration really) {
    return really.compareTo(untilZero) <= 0
        ? really
        : untilZero.plus(scaled(really.minus(untilZero), factor));
  }

  /** How much has really passed when so much has. */
  Duration until(Duration passed) {
    return passed.compareTo(untilZero) <= 0
        ? passed
        : untilZero.plus(scaled(passed.minus(untilZero), 1 / factor));
  }

  private static Duration scaled(Duration time, double by) {
    return by == 1 ? time : Duration.ofNanos(Math.round(time.toNanos() * by));
  }
}

package dev.holdfast.agent.link;

import dev.holdfast.task.Limits;
import dev.holdfast.task.Timers;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * When heartbeats come: about a period apart, and early when there is something new to tell, but
 * never one on the heels of another. On the agent's own thread only.
 */
final class Heartbeats {
  /** How soon a heartbeat comes that has something new to tell. */
  static final Duration EARLY = Duration.ofMillis(500);

  /** Such heartbeats are no closer to the one before. */
  static final Duration APART = Duration.ofSeconds(5);

  /** The longest period that the coordinator can ask for. */
  private static final Duration LONGEST = Duration.ofHours(1);

  /** How far a heartbeat may be from its period, either way. */
  private static final double JITTER = 0.2;

  private final Timers timers;
  private final RandomGenerator random;
  private final Runnable beat;
  private Duration period = Limits.HEARTBEAT;
  private Duration last = APART.negated();
  private Optional<Timers.Timer> next = Optional.empty();
  private boolean soon;

  /** Of a link that is not open; the beat sends one. */
  Heartbeats(Timers timers, RandomGenerator random, Runnable beat) {
    this.timers = timers;
    this.random = random;
    this.beat = beat;
  }

  /** The link is open: the first comes a period from now. */
  void begin() {
    soon = false;
    double factor = 1 - JITTER + 2 * JITTER * random.nextDouble();
    after(timers.idle(Duration.ofMillis((long) (period.toMillis() * factor))));
  }

  /** The link is gone. */
  void end() {
    soon = false;
    next.ifPresent(Timers.Timer::cancel);
    next = Optional.empty();
  }

  /** The period from now on; of an open link also up to the next one, unless that comes early. */
  void period(Duration now, boolean open) {
    period = now.compareTo(LONGEST) > 0 ? LONGEST : now;
    if (open && !soon) {
      begin();
    }
  }

  /** There is something new to tell. */
  void early() {
    if (!soon) {
      soon = true;
      Duration wait = APART.minus(timers.uptime().minus(last));
      after(wait.compareTo(EARLY) > 0 ? wait : EARLY);
    }
  }

  private void after(Duration wait) {
    next.ifPresent(Timers.Timer::cancel);
    next = Optional.of(timers.after(wait, this::come));
  }

  private void come() {
    last = timers.uptime();
    beat.run();
    begin();
  }
}

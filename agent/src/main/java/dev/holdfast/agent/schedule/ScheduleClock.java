package dev.holdfast.agent.schedule;

import dev.holdfast.task.RunLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The clock by which ticks are due. It is the wall clock, but for when that goes back by {@link
 * RunLimits#CLOCK_BACK} or less: then it goes on by the time that passes, so that whatever recurs
 * goes on recurring, with ticks that have not been yet. It loses one part in {@link
 * RunLimits#CLOCK_SLOWER} meanwhile, or the wall clock would never be even with it again: what
 * recurs hourly does so every 68 minutes for a time. A wall clock that went back further is
 * believed: it was the time before that was wrong.
 *
 * <p>On the agent's own thread.
 */
public final class ScheduleClock {
  private Instant last;
  private Duration at;
  private Duration lead = Duration.ZERO;

  /**
   * From the start of this program's life.
   *
   * @param wall the wall clock
   * @param uptime monotonic time
   * @param handled the newest tick that an earlier life is done with: then its clock was no earlier
   */
  public ScheduleClock(Instant wall, Duration uptime, Optional<Instant> handled) {
    this.last = handled.orElse(wall);
    this.at = uptime;
    var _ = read(wall, uptime);
  }

  /** What it says now. It is never behind the wall clock. */
  public Instant read(Instant wall, Duration uptime) {
    Duration passed = uptime.minus(at);
    Instant slower = last.plus(passed.minus(passed.dividedBy(RunLimits.CLOCK_SLOWER)));
    boolean ahead = slower.isAfter(wall) && !slower.isAfter(wall.plus(RunLimits.CLOCK_BACK));
    last = ahead ? slower : wall;
    at = uptime;
    lead = Duration.between(wall, last);
    return last;
  }

  /** How far it is ahead of the wall clock; never negative. */
  public Duration lead() {
    return lead;
  }

  /** How much time passes until it is so much later. */
  public Duration wait(Duration later) {
    Duration slower = later.plus(later.dividedBy(RunLimits.CLOCK_SLOWER - 1L));
    Duration even = later.plus(lead);
    return slower.compareTo(even) < 0 ? slower : even;
  }
}

package dev.holdfast.agent;

import dev.holdfast.agent.link.Wanted.Condition;
import dev.holdfast.task.RunLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Sees when the wall clock and the time that this program has run drift apart: the clock was set,
 * or the host slept. On the agent's own thread.
 */
final class ClockWatch {
  private Duration apart;
  private Optional<Step> last = Optional.empty();

  /** A step, and when it was seen by either clock. */
  private record Step(Duration by, Instant at, Duration uptime) {}

  ClockWatch(Instant now, Duration uptime) {
    this.apart = apart(now, uptime);
  }

  /** By how much the wall clock went another way since the last look; empty if it did not. */
  Optional<Duration> look(Instant now, Duration uptime) {
    Duration found = apart(now, uptime);
    Duration by = found.minus(apart);
    if (by.abs().compareTo(RunLimits.CLOCK_STEP) <= 0) {
      return Optional.empty();
    }
    apart = found;
    last = Optional.of(new Step(by, now, uptime));
    return Optional.of(by);
  }

  /** The last step, for a while. */
  Optional<Condition> condition(Duration uptime) {
    return last.filter(step -> uptime.minus(step.uptime).compareTo(RunLimits.CLOCK_STEP_TOLD) < 0)
        .map(
            step ->
                new Condition(
                    "CLOCK_STEP",
                    "the wall clock went "
                        + step.by.abs().toSeconds()
                        + " s "
                        + (step.by.isNegative() ? "back" : "forward")
                        + " beside the time that passed: it was set, or the host slept",
                    step.at));
  }

  private static Duration apart(Instant now, Duration uptime) {
    return Duration.between(Instant.EPOCH, now).minus(uptime);
  }
}

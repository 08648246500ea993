package dev.holdfast.agent;

import dev.holdfast.task.RunLimits;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Whether the agent's thread answers, and its work loop goes round. Asked from other threads. */
final class Pulse {
  private final Asked owner;
  private final Supplier<Duration> sinceRound;
  private final Duration still;

  /**
   * @param sinceRound how long ago the work loop went round last; asked on the owner's thread
   * @param still how long it may stand still
   */
  Pulse(Asked owner, Supplier<Duration> sinceRound, Duration still) {
    this.owner = owner;
    this.sinceRound = sinceRound;
    this.still = still;
  }

  /** Why the agent should be started again; empty if it should not. */
  Optional<String> dead() {
    String since = owner.ask(() -> Long.toString(sinceRound.get().toSeconds()), still);
    if (since.isEmpty()) {
      return Optional.of("the agent's thread gave no answer for " + still.toSeconds() + " s");
    }
    return Long.parseLong(since) > RunLimits.ROUND.plus(still).toSeconds()
        ? Optional.of("the work loop has stood still for " + since + " s")
        : Optional.empty();
  }
}

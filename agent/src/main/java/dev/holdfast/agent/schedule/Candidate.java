package dev.holdfast.agent.schedule;

import dev.holdfast.association.Trigger;
import java.time.Instant;
import java.util.Optional;

/**
 * What could start now.
 *
 * @param readyAt from when on; of several, the earliest comes first
 */
record Candidate(
    Plan plan,
    Trigger trigger,
    int attempt,
    boolean caughtUp,
    int missedTicks,
    Optional<Instant> handledThrough,
    Instant readyAt,
    Optional<Instant> endBy) {

  Action.Start start() {
    return new Action.Start(
        plan.association(), trigger, attempt, caughtUp, missedTicks, handledThrough, endBy);
  }
}

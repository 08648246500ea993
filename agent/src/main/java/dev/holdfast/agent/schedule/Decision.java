package dev.holdfast.agent.schedule;

import dev.holdfast.association.AssociationId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the agenda decided.
 *
 * @param actions to do now, in this order
 * @param wake when to decide again if nothing happens before; always after now; empty: never
 * @param queue what is due and waits; those that wait for a slot in the order in which they get one
 * @param nextRuns when each association's next tick will start it if all goes well
 */
public record Decision(
    List<Action> actions,
    Optional<Instant> wake,
    List<Waiting> queue,
    Map<AssociationId, Instant> nextRuns) {

  /** Copies. */
  public Decision {
    actions = List.copyOf(actions);
    queue = List.copyOf(queue);
    nextRuns = Map.copyOf(nextRuns);
  }

  /** Who could start now but for a permit: at most one run of each association. */
  public List<Waiting> asks() {
    return queue.stream().filter(waiting -> waiting.reason() == Waiting.Reason.PERMIT).toList();
  }

  /** Who waits for a slot, first come first: part of the next situation. */
  public List<AssociationId> slotQueue() {
    return queue.stream()
        .filter(waiting -> waiting.reason() == Waiting.Reason.HOST_SLOT)
        .map(Waiting::association)
        .toList();
  }
}

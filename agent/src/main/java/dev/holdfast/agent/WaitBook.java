package dev.holdfast.agent;

import dev.holdfast.agent.link.Wanted.Wait;
import dev.holdfast.agent.schedule.Waiting;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.association.AssociationId;
import dev.holdfast.task.RunLimits;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is due and waits, and since when. */
final class WaitBook {
  private List<Wait> waits = List.of();

  /** One an association. */
  List<Wait> all() {
    return waits;
  }

  /**
   * Notes what waits now.
   *
   * @param queue as the agenda decided
   * @param unreadable associations of which what is wanted can't be read: what was asked of them
   *     waits for another revision
   * @return whether it is worth telling at once
   */
  boolean note(
      List<Waiting> queue, Set<AssociationId> unreadable, AssignmentSet wanted, Instant now) {
    Map<Waiting, Instant> before = new HashMap<>();
    waits.forEach(wait -> before.put(wait.waiting(), wait.since()));
    waits =
        Stream.concat(
                queue.stream(),
                unreadable.stream()
                    .filter(one -> queue.stream().noneMatch(w -> w.association().equals(one)))
                    .flatMap(one -> unreadable(one, wanted)))
            .limit(RunLimits.MAX_ASSIGNMENTS)
            .map(waiting -> new Wait(waiting, before.getOrDefault(waiting, now)))
            .toList();
    return !withoutSplay(waits.stream().map(Wait::waiting).toList())
        .equals(withoutSplay(before.keySet()));
  }

  private static Stream<Waiting> unreadable(AssociationId association, AssignmentSet wanted) {
    return wanted.pendingTriggers().stream()
        .filter(pending -> pending.association().equals(association))
        .limit(1)
        .map(pending -> new Waiting(association, pending.trigger(), Waiting.Reason.PARKED));
  }

  /** A splay is over by itself, and a fleet that begins one at once must not tell of it at once. */
  private static Set<Waiting> withoutSplay(Collection<Waiting> all) {
    return all.stream()
        .filter(waiting -> waiting.reason() != Waiting.Reason.SPLAY)
        .collect(Collectors.toSet());
  }
}

package dev.holdfast.coordinator.assignment;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.AssignmentRows;
import dev.holdfast.coordinator.store.EventLog.Event;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Executions.Execution;
import dev.holdfast.coordinator.store.PresenceRows;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.task.Limits;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Finds out whose sets may have changed since a position. An event is a hint where to look: an
 * instance that it names; else the members of an association or execution that it names, and those
 * who left; else (documents, stored parameters, what is not known here) the members of every
 * association whose row says something else than when it was last looked at.
 */
public final class Concern {
  private final Predicate<InstanceId> linked;
  private Map<AssociationId, AssignmentRows.Head> heads = new HashMap<>();

  /**
   * @param linked whether an instance is of interest: others are left out
   */
  public Concern(Predicate<InstanceId> linked) {
    this.linked = linked;
  }

  /** Remembers what the rows say now, without anybody being concerned. */
  public void begin(Read read) {
    heads = AssignmentRows.heads(read);
  }

  /**
   * The linked instances whose sets may have changed.
   *
   * @param events those after the position, oldest first
   */
  public Set<InstanceId> of(Read read, List<Event> events, long position, Instant now) {
    Set<InstanceId> concerned = new HashSet<>();
    Set<AssociationId> associations = new HashSet<>();
    boolean anything = false;
    for (Event event : events) {
      if (event.type().equals(PresenceRows.EVENT)) {
        continue;
      }
      if (event.type().startsWith("Document") || event.type().startsWith("Parameter")) {
        anything = true; // their names are people's, and may look like anything
        continue;
      }
      List<InstanceId> instances =
          event.resources().stream()
              .filter(InstanceId::isValid)
              .map(InstanceId::new)
              .filter(linked)
              .toList();
      concerned.addAll(instances);
      if (event.resources().stream().anyMatch(InstanceId::isValid)) {
        continue;
      }
      List<AssociationId> ids =
          event.resources().stream()
              .filter(AssociationId::isValid)
              .map(AssociationId::new)
              .toList();
      if (ids.isEmpty()) {
        anything = true;
      }
      for (AssociationId id : ids) {
        Optional<Execution> made = AssignmentRows.madeAt(read, id, event.position());
        if (made.isPresent() && !made.get().instanceIds().isEmpty()) {
          made.get().instanceIds().stream()
              .map(InstanceId::new)
              .filter(linked)
              .forEach(concerned::add);
        } else {
          associations.add(id);
        }
      }
    }
    for (AssociationId id : associations) {
      Optional<Execution> execution = Executions.find(read, id.value());
      Instant since =
          execution.isPresent()
              ? now.minus(Limits.CANCELLED_KEPT)
              : Instant.ofEpochMilli(Long.MAX_VALUE);
      add(
          concerned,
          AssignmentRows.concerned(
              read, execution.map(Execution::association).orElse(id), position, since));
    }
    if (anything) {
      Map<AssociationId, AssignmentRows.Head> current = AssignmentRows.heads(read);
      moved(current)
          .forEach(
              id ->
                  add(
                      concerned,
                      AssignmentRows.concerned(
                          read, id, position, Instant.ofEpochMilli(Long.MAX_VALUE))));
      heads = current; // last: what throws above is looked at again
    }
    return concerned;
  }

  private void add(Set<InstanceId> concerned, Set<InstanceId> instances) {
    instances.stream().filter(linked).forEach(concerned::add);
  }

  private Set<AssociationId> moved(Map<AssociationId, AssignmentRows.Head> now) {
    Set<AssociationId> moved = new HashSet<>();
    now.forEach(
        (id, head) -> {
          if (!head.equals(heads.get(id))) {
            moved.add(id);
          }
        });
    heads.keySet().stream().filter(id -> !now.containsKey(id)).forEach(moved::add);
    return moved;
  }
}

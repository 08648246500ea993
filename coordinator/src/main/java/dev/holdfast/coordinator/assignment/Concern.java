package dev.holdfast.coordinator.assignment;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.store.AssignmentRows;
import dev.holdfast.coordinator.store.EventLog.Event;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Executions.Execution;
import dev.holdfast.coordinator.store.PresenceRows;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.task.RunLimits;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Finds out whose sets may have changed since a position. An event is a hint where to look: an
 * instance that it names; else those whom an execution that it names addresses; else the members of
 * an association that it names, and those who left; else (documents, stored parameters, what is not
 * known here) the members of every association whose row says something else than when it was last
 * looked at.
 */
public final class Concern {
  /** Events of what was reported: that takes from sets, and never adds to them. */
  private static final Set<String> TOLD =
      Set.of(PresenceRows.EVENT, "RunEnded", "ExecutionEnded", "ComplianceChanged");

  private final Predicate<InstanceId> linked;
  private Map<AssociationId, AssignmentRows.Head> heads = new HashMap<>();

  /**
   * @param linked whether an instance is of interest: others are left out
   */
  public Concern(Predicate<InstanceId> linked) {
    this.linked = linked;
  }

  /** Whether one of the events concerns everybody: a freeze is part of every set. */
  public static boolean everybody(List<Event> events) {
    return events.stream().anyMatch(event -> event.type().startsWith("Freeze"));
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
    Set<AssociationId> members = new HashSet<>();
    Set<AssociationId> lately = new HashSet<>();
    boolean anything = false;
    for (Event event : events) {
      if (TOLD.contains(event.type())
          || event.type().startsWith("InstanceGroup")
          || event.type().startsWith("Freeze")) {
        continue; // whom a group's change concerns is told by events of its own
      }
      if (event.type().startsWith("Document") || event.type().startsWith("Parameter")) {
        anything = true; // their names are people's, and may look like anything
        continue;
      }
      Set<InstanceId> instances = named(event, InstanceId::isValid, InstanceId::new);
      if (!instances.isEmpty()) {
        add(concerned, instances);
        continue;
      }
      Set<AssociationId> ids = named(event, AssociationId::isValid, AssociationId::new);
      Set<Execution> executions = new HashSet<>();
      ids.forEach(id -> Executions.find(read, id.value()).ifPresent(executions::add));
      for (Execution execution : executions) {
        if (event.type().equals("ExecutionStarted")) {
          started(read, execution, concerned, members);
        } else {
          lately.add(execution.association());
        }
      }
      if (executions.isEmpty()) {
        members.addAll(ids);
        anything |= ids.isEmpty();
      }
    }
    Instant never = Instant.ofEpochMilli(Long.MAX_VALUE);
    members.forEach(id -> add(concerned, AssignmentRows.concerned(read, id, position, never)));
    Instant since = now.minus(RunLimits.CANCELLED_KEPT);
    lately.forEach(id -> add(concerned, AssignmentRows.concerned(read, id, position, since)));
    if (anything) {
      Map<AssociationId, AssignmentRows.Head> current = AssignmentRows.heads(read);
      moved(current)
          .forEach(id -> add(concerned, AssignmentRows.concerned(read, id, position, never)));
      heads = current; // last: what throws above is looked at again
    }
    return concerned;
  }

  /** A trigger concerns those whom it addresses; a tick is computed by agents. */
  private void started(
      Read read, Execution execution, Set<InstanceId> concerned, Set<AssociationId> members) {
    switch (execution.trigger()) {
      case Trigger.Tick _ -> {
        // both sides know
      }
      case Trigger.Enter _ ->
          add(
              concerned,
              AssignmentRows.entered(read, execution.association(), execution.position()));
      case Trigger.Manual _ when !execution.instanceIds().isEmpty() ->
          execution.instanceIds().stream()
              .map(InstanceId::new)
              .filter(linked)
              .forEach(concerned::add);
      case Trigger.Change _, Trigger.Manual _ -> members.add(execution.association());
    }
  }

  private static <T> Set<T> named(Event event, Predicate<String> form, Function<String, T> made) {
    return event.resources().stream().filter(form).map(made).collect(Collectors.toSet());
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

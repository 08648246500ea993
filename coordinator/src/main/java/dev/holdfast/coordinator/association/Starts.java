package dev.holdfast.coordinator.association;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.execution.Openings;
import dev.holdfast.coordinator.execution.Ticks;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Memberships;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Sha256;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Writes the executions whose triggers the coordinator makes: one row each, and its event. */
final class Starts {
  private static final String BY_REFRESH = "asked for by the run ";

  private Starts() {}

  /** What is executed changed: all members run it. */
  static void change(Write write, Associations.Association row, String cause) {
    long position = write.position() + 1;
    add(
        write,
        row,
        new Trigger.Change(write.epoch(), position),
        cause,
        position,
        Set.of(),
        false,
        write.now().plus(RunLimits.CATCH_UP),
        Memberships.count(write.read(), row.id()));
  }

  /** Instances came in by the event at this position: they run it. */
  static void enter(Write write, Associations.Association row, long position, int targets) {
    add(
        write,
        row,
        new Trigger.Enter(write.epoch(), position),
        "came into the targets",
        position,
        Set.of(),
        false,
        write.now().plus(RunLimits.CATCH_UP),
        targets);
  }

  /**
   * Somebody asked for it; the execution's id.
   *
   * @param instances members; none: all of them
   * @param ignoreCalendars closed calendars don't hold it
   * @param notAfter the last moment at which it may start
   */
  static String manual(
      Write write,
      Associations.Association row,
      String requestId,
      Set<String> instances,
      boolean ignoreCalendars,
      Instant notAfter,
      String who) {
    return add(
        write,
        row,
        new Trigger.Manual(requestId),
        "started by " + who + (ignoreCalendars ? ", whatever its calendars say" : ""),
        write.position() + 1,
        instances,
        ignoreCalendars,
        notAfter,
        instances.isEmpty() ? Memberships.count(write.read(), row.id()) : instances.size());
  }

  /** A run on an instance asked for it, there alone. */
  static void refresh(
      Write write,
      Associations.Association row,
      InstanceId instance,
      String runId,
      AssociationId asking) {
    add(
        write,
        row,
        new Trigger.Manual(runId),
        BY_REFRESH + runId + " of the association " + asking,
        write.position() + 1,
        Set.of(instance.value()),
        false,
        write.now().plus(RunLimits.REFRESH_WAITS),
        1);
  }

  /** Whether a run asked for it. */
  static boolean byRefresh(Executions.Execution execution) {
    return execution.cause().startsWith(BY_REFRESH);
  }

  private static String add(
      Write write,
      Associations.Association row,
      Trigger trigger,
      String cause,
      long position,
      Set<String> instances,
      boolean ignoreCalendars,
      Instant notAfter,
      int targets) {
    Optional<Instant> endBy =
        new Openings(write.read())
            .window(row.revision().map(Sha256::hex).orElse(""))
            .lasts()
            .map(write.now()::plus);
    String id = Identity.executionId(row.id(), trigger);
    write.append(
        "ExecutionStarted",
        List.of(row.id().value(), id),
        Map.of("trigger", trigger.text(), "cause", cause));
    Executions.add(
        write,
        new Executions.Execution(
            id,
            row.id(),
            row.version(),
            trigger,
            cause,
            write.now(),
            position,
            row.revision().map(Sha256::hex).orElse(""),
            instances,
            endBy.filter(end -> end.isBefore(notAfter)).orElse(notAfter),
            targets,
            write.now(),
            Optional.empty(),
            false,
            Optional.empty(),
            ignoreCalendars,
            endBy,
            Ticks.rate(
                write.read(), row, row.version(), Memberships.count(write.read(), row.id()))));
    return id;
  }
}

package dev.holdfast.coordinator.assignment;

import dev.holdfast.assignment.AssignmentReference;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.assignment.Freeze;
import dev.holdfast.assignment.Generation;
import dev.holdfast.assignment.PendingTrigger;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Executions.Execution;
import dev.holdfast.coordinator.store.Memberships.Membership;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.RunLimits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Decides what is in an instance's set (design sections 3.3 and 3.4). In two steps, since what was
 * reported is read for many instances at once: {@link #draft} says what may be in it, {@link
 * Draft#finish} leaves out what the instance has already told of.
 */
final class SetRule {
  private SetRule() {}

  /** A trigger that may be pending, and the run that it makes here. */
  private record Offer(PendingTrigger pending, long position, String run) {}

  /**
   * An execution that is cancelled here.
   *
   * @param addressed whether its trigger addresses this instance; if not, it matters only while a
   *     run of it goes on here
   */
  private record Stop(String execution, Instant cancelled, String run, boolean addressed) {
    boolean matters(Optional<RunStatus> reported) {
      return reported.map(status -> !status.terminal()).orElse(addressed);
    }
  }

  /** An execution that had too many errors, and the run that it will not make here. */
  private record Halt(String execution, String run) {}

  /** What may be in an instance's set. */
  static final class Draft {
    private final List<AssignmentReference> assignments = new ArrayList<>();
    private final List<Offer> offers = new ArrayList<>();
    private final List<Stop> stops = new ArrayList<>();
    private final List<Halt> halts = new ArrayList<>();

    private Draft() {}

    /** Names the runs of which it must be known whether they were reported. */
    void runs(Consumer<String> ids) {
      offers.forEach(offer -> ids.accept(offer.run));
      stops.forEach(stop -> ids.accept(stop.run));
      halts.forEach(halt -> ids.accept(halt.run));
    }

    /**
     * The set.
     *
     * @param freeze the newest that nobody ended
     * @param reported what this and other instances told of runs, by run id
     */
    AssignmentSet finish(
        Generation generation, Optional<Freeze> freeze, Map<String, RunStatus> reported) {
      List<PendingTrigger> pending =
          offers.stream()
              .filter(offer -> !reported.containsKey(offer.run))
              .sorted(
                  Comparator.comparingLong(Offer::position)
                      .thenComparing(offer -> offer.pending.association()))
              .limit(RunLimits.MAX_PENDING_TRIGGERS)
              .map(Offer::pending)
              .toList();
      List<String> cancelled =
          stops.stream()
              .filter(stop -> stop.matters(Optional.ofNullable(reported.get(stop.run))))
              .sorted(Comparator.comparing(Stop::cancelled).reversed())
              .limit(RunLimits.MAX_CANCELLED)
              .map(Stop::execution)
              .toList();
      List<String> stopped =
          halts.stream()
              .filter(halt -> !reported.getOrDefault(halt.run, RunStatus.PENDING).terminal())
              .map(Halt::execution)
              .toList();
      return new AssignmentSet(generation, assignments, cancelled, freeze, pending, stopped);
    }
  }

  /**
   * What may be in the set of an instance that may connect.
   *
   * @param intervals its intervals in each association: those that last, and those that ended
   *     within {@link RunLimits#CANCELLED_KEPT}
   * @param standings one for each association of the intervals
   * @param cancelledAlone what was cancelled for this instance alone, within that time
   */
  static Draft draft(
      InstanceId instance,
      List<Membership> intervals,
      Map<AssociationId, Standing> standings,
      List<Execution> cancelledAlone,
      Instant now) {
    Draft draft = new Draft();
    Set<String> alone = new HashSet<>();
    cancelledAlone.forEach(execution -> alone.add(execution.id()));
    Map<AssociationId, List<Membership>> byAssociation = new TreeMap<>();
    for (Membership interval : intervals) {
      byAssociation.computeIfAbsent(interval.association(), _ -> new ArrayList<>()).add(interval);
    }
    byAssociation.forEach(
        (association, own) -> {
          Standing standing = standings.get(association);
          if (standing == null) {
            return;
          }
          own.stream()
              .filter(interval -> interval.leftPosition().isEmpty())
              .findFirst()
              .ifPresent(current -> assign(draft, instance, standing, own, current, alone, now));
          standing.stopped().stream()
              .filter(execution -> standing.addresses(execution, own))
              .forEach(
                  execution -> draft.halts.add(new Halt(execution.id(), run(instance, execution))));
          standing
              .cancelled()
              .forEach(execution -> stop(draft, instance, standing, execution, own));
        });
    Map<String, Execution> once = new HashMap<>();
    cancelledAlone.forEach(execution -> once.put(execution.id(), execution));
    for (Execution execution : once.values()) {
      Standing standing = standings.get(execution.association());
      if (standing != null && execution.cancelled().isEmpty()) {
        stop(
            draft,
            instance,
            standing,
            execution,
            byAssociation.getOrDefault(execution.association(), List.of()));
      }
    }
    return draft;
  }

  private static void assign(
      Draft draft,
      InstanceId instance,
      Standing standing,
      List<Membership> own,
      Membership current,
      Set<String> cancelledAlone,
      Instant now) {
    standing
        .revision()
        .ifPresent(
            revision -> {
              draft.assignments.add(
                  new AssignmentReference(
                      standing.association(), revision, standing.effectiveFrom(current)));
              for (Execution execution : standing.offers(instance, own, now)) {
                if (!cancelledAlone.contains(execution.id())) {
                  draft.offers.add(
                      new Offer(
                          new PendingTrigger(
                              standing.association(),
                              execution.trigger(),
                              execution.cause(),
                              execution.notAfter(),
                              revision,
                              execution.ignoreCalendars(),
                              execution.endBy()),
                          execution.position(),
                          run(instance, execution)));
                }
              }
            });
  }

  private static void stop(
      Draft draft,
      InstanceId instance,
      Standing standing,
      Execution execution,
      List<Membership> own) {
    draft.stops.add(
        new Stop(
            execution.id(),
            execution.cancelled().orElse(execution.time()),
            run(instance, execution),
            standing.addresses(execution, own)));
  }

  private static String run(InstanceId instance, Execution execution) {
    return Identity.runId(instance, execution.association(), execution.trigger());
  }
}

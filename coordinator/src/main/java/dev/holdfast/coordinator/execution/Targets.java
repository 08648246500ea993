package dev.holdfast.coordinator.execution;

import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Executions.Execution;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Memberships;
import dev.holdfast.coordinator.store.Memberships.Membership;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.report.RunStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The targets of an execution: those whom its trigger addresses, and whoever reported it. */
public final class Targets {
  /** An instance that was silent for so long will not tell the end of what it had in progress. */
  static final Duration SILENT_FOR_GOOD = Duration.ofDays(31);

  private Targets() {}

  /**
   * One target.
   *
   * @param run as it was reported; empty if it wasn't
   * @param derived whether the status was computed rather than reported
   */
  public record Target(
      InstanceId instance,
      String runId,
      Optional<Runs.Run> run,
      RunStatus status,
      String detailedStatus,
      boolean derived) {}

  /** All of them, in the order of the instances' ids. */
  public static List<Target> of(
      Read read, Execution execution, Predicate<InstanceId> connected, Instant now) {
    Associations.Association association =
        Associations.find(read, execution.association()).orElseThrow();
    Map<InstanceId, List<Membership>> intervals = new TreeMap<>();
    for (Membership membership : Memberships.everOf(read, execution.association())) {
      intervals.computeIfAbsent(membership.instance(), _ -> new ArrayList<>()).add(membership);
    }
    Map<InstanceId, Runs.Run> reported = new TreeMap<>();
    Runs.ofExecution(read, execution.id()).forEach(run -> reported.put(run.instance(), run));
    Set<InstanceId> cancelledFor = Executions.cancelledFor(read, execution.id());
    List<Execution> made = Executions.made(read, execution.association(), Instant.EPOCH);
    Optional<Instant> newestTick = Executions.newestTick(read, execution.association(), now);

    Map<InstanceId, Target> targets = new TreeMap<>();
    intervals.forEach(
        (instance, own) -> {
          if (!reported.containsKey(instance)
              && Addressees.addresses(execution, own, association.effectiveFrom())) {
            DerivedStatus.Facts facts =
                new DerivedStatus.Facts(
                    execution.trigger(),
                    execution.cancelled().isPresent() || cancelledFor.contains(instance),
                    own.getLast().leftPosition().isPresent() && association.deleted().isEmpty(),
                    association.deleted().isPresent(),
                    execution.revisionSha256().isEmpty(),
                    newer(execution, made, newestTick, own, association.effectiveFrom()),
                    execution.notAfter().isBefore(now),
                    connected.test(instance));
            DerivedStatus derived = DerivedStatus.of(facts);
            targets.put(
                instance,
                new Target(
                    instance,
                    Identity.runId(instance, execution.association(), execution.trigger()),
                    Optional.empty(),
                    derived.status(),
                    derived.detail(),
                    true));
          }
        });
    reported.forEach((instance, run) -> targets.put(instance, reported(read, run, now)));
    return List.copyOf(targets.values());
  }

  /** How many have which status. */
  public static Map<RunStatus, Integer> counts(List<Target> targets) {
    Map<RunStatus, Integer> counts = new EnumMap<>(RunStatus.class);
    targets.forEach(target -> counts.merge(target.status(), 1, Integer::sum));
    return counts;
  }

  /** What the statuses of all targets come to. */
  public static RunStatus summary(Map<RunStatus, Integer> counts) {
    if (counts.containsKey(RunStatus.IN_PROGRESS)
        || (counts.containsKey(RunStatus.PENDING)
            && counts.keySet().stream().anyMatch(RunStatus::terminal))) {
      return RunStatus.IN_PROGRESS;
    }
    for (RunStatus status :
        List.of(
            RunStatus.PENDING,
            RunStatus.FAILED,
            RunStatus.INTERRUPTED,
            RunStatus.TIMED_OUT,
            RunStatus.CANCELLED,
            RunStatus.SUCCESS,
            RunStatus.SKIPPED)) {
      if (counts.containsKey(status)) {
        return status;
      }
    }
    return RunStatus.SUCCESS;
  }

  private static Target reported(Read read, Runs.Run run, Instant now) {
    if (run.status() == RunStatus.IN_PROGRESS) {
      boolean gone =
          Instances.find(read, run.instance())
              .map(
                  instance ->
                      !instance.state().equals(Instances.ACTIVE)
                          || instance
                              .lastSeen()
                              .orElse(run.received())
                              .plus(SILENT_FOR_GOOD)
                              .isBefore(now))
              .orElse(true);
      if (gone) {
        DerivedStatus derived = DerivedStatus.unreachable();
        return new Target(
            run.instance(), run.id(), Optional.of(run), derived.status(), derived.detail(), true);
      }
    }
    return new Target(
        run.instance(), run.id(), Optional.of(run), run.status(), run.detailedStatus(), false);
  }

  private static boolean newer(
      Execution execution,
      List<Execution> made,
      Optional<Instant> newestTick,
      List<Membership> own,
      Instant effectiveFrom) {
    return switch (execution.trigger()) {
      case Trigger.Tick(var at) ->
          newestTick.map(newest -> newest.isAfter(at)).orElse(false)
              || made.stream()
                  .anyMatch(
                      other ->
                          other.trigger() instanceof Trigger.Change && other.time().isAfter(at));
      case Trigger.Change _, Trigger.Enter _ ->
          made.stream()
              .anyMatch(
                  other ->
                      (other.trigger() instanceof Trigger.Change
                              || other.trigger() instanceof Trigger.Enter)
                          && other.position() > execution.position()
                          && Addressees.addresses(other, own, effectiveFrom));
      case Trigger.Manual _ -> false;
    };
  }
}

package dev.holdfast.coordinator.execution;

import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Cancellations;
import dev.holdfast.coordinator.store.EndedRuns;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Executions.Execution;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Memberships;
import dev.holdfast.coordinator.store.Memberships.Membership;
import dev.holdfast.coordinator.store.PermitRows;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.Sha256;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/**
 * The targets of an association's executions: those whom a trigger addresses, and whoever reported
 * it. What concerns the association is read once, so that many executions cost one small query
 * each; what the runs put out is never read.
 */
public final class Targets {
  /** An instance that was silent for so long will not tell the end of what it had in progress. */
  static final Duration SILENT_FOR_GOOD = Duration.ofDays(31);

  private final Read read;
  private final Associations.Association association;
  private final Map<InstanceId, List<Membership>> intervals;
  private final Timeline timeline;
  private final Optional<Instant> newestTick;
  private final Optional<Execution> newestChange;
  private final Predicate<InstanceId> connected;
  private final Instant now;
  private final Openings openings;
  private final Map<String, Shut> shut = new HashMap<>();
  private final BiPredicate<InstanceId, Trigger> asks;
  private final Map<String, Duration> lostAfter = new HashMap<>();
  private final Map<String, Set<InstanceId>> lost = new HashMap<>();
  private Optional<Set<Long>> enters = Optional.empty();
  private Optional<Map<InstanceId, Instant>> lastHeard = Optional.empty();

  private Targets(
      Read read,
      Associations.Association association,
      List<Membership> memberships,
      Predicate<InstanceId> connected,
      BiPredicate<InstanceId, Trigger> asks,
      Instant now) {
    this.read = read;
    this.association = association;
    this.intervals = new TreeMap<>();
    for (Membership membership : memberships) {
      intervals.computeIfAbsent(membership.instance(), _ -> new ArrayList<>(1)).add(membership);
    }
    this.timeline = new Timeline(Associations.inForce(read, association.id()));
    this.newestTick = Executions.newestTick(read, association.id(), now);
    this.newestChange = Executions.newestChange(read, association.id());
    this.connected = connected;
    this.asks = asks;
    this.now = now;
    this.openings = new Openings(read);
  }

  /** What holds an execution; it is the same for all its targets. */
  private record Shut(boolean closed, boolean frozen) {
    static Shut of(Optional<String> closed, Optional<String> frozen) {
      return new Shut(closed.isPresent(), frozen.isPresent());
    }
  }

  /**
   * One target.
   *
   * @param derived whether the status was computed rather than reported
   * @param reason in words, where a derived status leaves something to say; else empty
   */
  public record Target(
      InstanceId instance,
      RunStatus status,
      String detailedStatus,
      boolean derived,
      String reason) {

    /** One whose detailed status says all, or whose run says the rest. */
    public Target(InstanceId instance, RunStatus status, String detailedStatus, boolean derived) {
      this(instance, status, detailedStatus, derived, "");
    }
  }

  /**
   * Those of an association, deleted or not.
   *
   * @param connected whether an instance's link lives
   */
  public static Targets of(
      Read read,
      Associations.Association association,
      Predicate<InstanceId> connected,
      Instant now) {
    return of(read, association, connected, (_, _) -> false, now);
  }

  /**
   * The same, where it is known who waits for a permit.
   *
   * @param asks whether an instance waits for a permit for the run of a trigger
   */
  public static Targets of(
      Read read,
      Associations.Association association,
      Predicate<InstanceId> connected,
      BiPredicate<InstanceId, Trigger> asks,
      Instant now) {
    return new Targets(
        read, association, Memberships.everOf(read, association.id()), connected, asks, now);
  }

  /**
   * The same of one instance alone; others are not known then.
   *
   * @param asks whether it waits for a permit for the run of a trigger
   */
  public static Targets ofOne(
      Read read,
      Associations.Association association,
      InstanceId instance,
      Predicate<InstanceId> connected,
      Predicate<Trigger> asks,
      Instant now) {
    Targets targets =
        new Targets(
            read,
            association,
            Memberships.between(read, instance, association.id()),
            connected,
            (_, trigger) -> asks.test(trigger),
            now);
    targets.lastHeard =
        Optional.of(
            Instances.connecting(read, instance)
                .map(row -> Map.of(instance, row.heard()))
                .orElse(Map.of()));
    return targets;
  }

  /** How one instance stands; empty if it is no target of the execution. */
  public Optional<Target> target(Execution execution, InstanceId instance) {
    Optional<Runs.Run> reported =
        Runs.find(read, Identity.runId(instance, execution.association(), execution.trigger()));
    Optional<Runs.Brief> gone =
        reported.isEmpty() ? EndedRuns.find(read, execution.id(), instance) : Optional.empty();
    if (gone.isPresent()) {
      return gone.map(run -> new Target(instance, run.status(), run.detailedStatus(), false));
    }
    if (reported.isEmpty()) {
      boolean cancelled = Cancellations.cancelledFor(read, execution.id()).contains(instance);
      return derived(execution, intervals.getOrDefault(instance, List.of()), cancelled)
          .map(status -> target(execution, instance, status));
    }
    Runs.Run run = reported.get();
    return overlay(
            new Runs.Brief(instance, run.status(), run.detailedStatus()),
            Map.of(instance, run.revisionSha256()))
        .map(status -> target(instance, status))
        .or(() -> Optional.of(new Target(instance, run.status(), run.detailedStatus(), false)));
  }

  /** Whether the execution's trigger addresses any of the instances that are known. */
  public boolean addressesAny(Execution execution) {
    return intervals.values().stream().anyMatch(own -> derived(execution, own, false).isPresent());
  }

  /**
   * Whether a report that comes now, of an instance that has not reported this execution before,
   * comes after its end: the target had been given up, and no other is in progress.
   *
   * @param instance whose report it is, whether it is stored already or not
   * @param own memberships of the instance
   */
  public boolean late(Execution execution, InstanceId instance, List<Membership> own) {
    return derived(execution, own, false).filter(status -> status.status().terminal()).isPresent()
        && Runs.inProgress(read, execution.id()).keySet().stream().allMatch(instance::equals);
  }

  /** What {@link #late} rests on, for many instances; of these rows until another tick has one. */
  public static Targets ofReports(Read read, Associations.Association association, Instant now) {
    return new Targets(read, association, List.of(), _ -> true, (_, _) -> false, now);
  }

  /** The targets of one execution, in the order of the instances. */
  public List<Target> of(Execution execution) {
    Map<InstanceId, Runs.Brief> reported = new TreeMap<>();
    Runs.briefs(read, execution.id()).forEach(run -> reported.put(run.instance(), run));
    Set<InstanceId> cancelledFor = Cancellations.cancelledFor(read, execution.id());
    Map<InstanceId, Target> targets = new TreeMap<>();
    intervals.forEach(
        (instance, own) -> {
          if (!reported.containsKey(instance)) {
            derived(execution, own, cancelledFor.contains(instance))
                .ifPresent(status -> targets.put(instance, target(execution, instance, status)));
          }
        });
    boolean running =
        reported.values().stream().anyMatch(run -> run.status() == RunStatus.IN_PROGRESS);
    Map<InstanceId, String> revisions = running ? Runs.inProgress(read, execution.id()) : Map.of();
    reported
        .values()
        .forEach(
            run ->
                targets.put(
                    run.instance(),
                    overlay(run, revisions)
                        .map(status -> target(run.instance(), status))
                        .orElse(
                            new Target(
                                run.instance(), run.status(), run.detailedStatus(), false))));
    return List.copyOf(targets.values());
  }

  private Target target(Execution execution, InstanceId instance, DerivedStatus status) {
    String reason =
        switch (status.detail()) {
          case DerivedStatus.CALENDAR_CLOSED -> closed(execution).orElse("");
          case DerivedStatus.FROZEN -> frozen(execution).orElse("");
          default -> "";
        };
    return new Target(instance, status.status(), status.detail(), true, reason);
  }

  /** The calendars that hold an execution, in words: for a tick at its instant, else now. */
  private Optional<String> closed(Execution execution) {
    return switch (execution.trigger()) {
      case Trigger.Tick(var at) -> openings.closed(execution.revisionSha256(), at);
      case Trigger.Manual _ when execution.ignoreCalendars() -> Optional.empty();
      case Trigger.Change _, Trigger.Enter _, Trigger.Manual _ ->
          openings.closed(association.revision().map(Sha256::hex).orElse(""), now);
    };
  }

  private Optional<String> frozen(Execution execution) {
    return openings.frozen(execution.trigger() instanceof Trigger.Tick(var at) ? at : now);
  }

  private static Target target(InstanceId instance, DerivedStatus status) {
    return new Target(instance, status.status(), status.detail(), true);
  }

  /** What a target reads that has not reported; empty if the trigger does not address it. */
  private Optional<DerivedStatus> derived(
      Execution execution, List<Membership> own, boolean cancelled) {
    Instant effectiveFrom =
        execution.trigger() instanceof Trigger.Tick(var at)
            ? timeline.effectiveFrom(at)
            : Instant.MIN;
    Shut held =
        shut.computeIfAbsent(execution.id(), _ -> Shut.of(closed(execution), frozen(execution)));
    return Addressees.interval(execution, own, effectiveFrom)
        .map(
            interval ->
                isLost(execution, interval.instance()) && isGone(interval.instance())
                    ? DerivedStatus.unreachable()
                    : DerivedStatus.of(
                        new DerivedStatus.Facts(
                            execution.trigger(),
                            execution.revisionSha256().isEmpty(),
                            isLost(execution, interval.instance()),
                            execution.cancelled().isPresent() || cancelled,
                            left(interval, own),
                            association.deleted().isPresent(),
                            execution.rate().stopped().isPresent(),
                            disabled(execution),
                            newer(execution, own),
                            execution.notAfter().isBefore(now) || execution.over(now),
                            connected.test(interval.instance()),
                            asks.test(interval.instance(), execution.trigger()),
                            held.closed,
                            held.frozen,
                            execution.over(now))));
  }

  /**
   * Whether the instance left by itself: the end of the association ends all intervals too, and one
   * that goes on in the next has only been asked anew.
   */
  private boolean left(Membership interval, List<Membership> own) {
    boolean byDeletion =
        association.deleted().isPresent() && association.deleted().equals(interval.left());
    return interval.leftPosition().isPresent()
        && !byDeletion
        && own.stream()
            .noneMatch(other -> other.enteredPosition() == interval.leftPosition().getAsLong());
  }

  private boolean disabled(Execution execution) {
    return switch (execution.trigger()) {
      case Trigger.Tick(var at) -> timeline.disabled(at);
      case Trigger.Change _, Trigger.Enter _ ->
          timeline.disabled(
              execution.notAfter().plusMillis(1)); // what disabling dropped ended there
      case Trigger.Manual _ -> false;
    };
  }

  private boolean newer(Execution execution, List<Membership> own) {
    return switch (execution.trigger()) {
      case Trigger.Tick(var at) ->
          newestTick.filter(newest -> newest.isAfter(at)).isPresent()
              || newestChange.filter(change -> change.time().isAfter(at)).isPresent()
              || own.stream().anyMatch(m -> m.entered().isAfter(at) && asked(m));
      case Trigger.Change _, Trigger.Enter _ ->
          newestChange.filter(change -> change.position() > execution.position()).isPresent()
              || own.stream().anyMatch(m -> m.enteredPosition() > execution.position() && asked(m));
      case Trigger.Manual _ -> false;
    };
  }

  private boolean asked(Membership interval) {
    Set<Long> known = enters.orElseGet(() -> Executions.enters(read, association.id()));
    enters = Optional.of(known);
    return known.contains(interval.enteredPosition());
  }

  /** What a run in progress reads instead of what it reported, if anything. */
  private Optional<DerivedStatus> overlay(Runs.Brief run, Map<InstanceId, String> revisions) {
    if (run.status() != RunStatus.IN_PROGRESS) {
      return Optional.empty();
    }
    if (isGone(run.instance())) {
      return Optional.of(DerivedStatus.unreachable());
    }
    Instant heard = lastHeardOfAll().getOrDefault(run.instance(), Instant.EPOCH);
    if (connected.test(run.instance())) {
      return Optional.empty();
    }
    String revision = revisions.getOrDefault(run.instance(), "");
    Duration patience = lostAfter.computeIfAbsent(revision, this::lostAfter);
    return heard.plus(patience).isBefore(now)
        ? Optional.of(DerivedStatus.lost())
        : Optional.empty();
  }

  /** Whether nobody will see the end of what it began. */
  private boolean isGone(InstanceId instance) {
    Optional<Instant> heard = Optional.ofNullable(lastHeardOfAll().get(instance));
    return heard.isEmpty() || heard.get().plus(SILENT_FOR_GOOD).isBefore(now);
  }

  /** Whether it had a permit, and was silent for longer than the run can take. */
  private boolean isLost(Execution execution, InstanceId instance) {
    return execution.rate().limited()
        && lost.computeIfAbsent(execution.id(), id -> PermitRows.lost(read, id)).contains(instance);
  }

  private Map<InstanceId, Instant> lastHeardOfAll() {
    Map<InstanceId, Instant> heard = lastHeard.orElseGet(() -> Instances.lastHeard(read));
    lastHeard = Optional.of(heard);
    return heard;
  }

  private Duration lostAfter(String revision) {
    return LostAfter.of(read, revision);
  }
}

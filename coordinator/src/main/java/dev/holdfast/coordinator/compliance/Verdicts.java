package dev.holdfast.coordinator.compliance;

import dev.holdfast.association.InstanceId;
import dev.holdfast.compliance.Severity;
import dev.holdfast.compliance.Status;
import dev.holdfast.coordinator.execution.Ticks;
import dev.holdfast.coordinator.store.Associations.InForce;
import dev.holdfast.coordinator.store.Compliance.Item;
import dev.holdfast.report.Drift;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.Limits;
import dev.holdfast.task.RunLimits;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Decides what the end of a run says about compliance. Pure. */
public final class Verdicts {
  /** The detail that says why a verdict is unknown although the run's status would tell. */
  static final String REASON = "Reason";

  /** The reason of a verdict that nobody confirmed in time. */
  static final String STALE = "Stale";

  /** What items come from that runs of associations give. */
  static final String RUN = "Association";

  private Verdicts() {}

  /**
   * The end of a run or of one of its steps, and what its association says of compliance.
   *
   * @param type of the item
   * @param id of the item
   * @param audit whether the run only looked
   * @param drift what it found to differ
   * @param executed when it ended, by the instance's clock
   * @param reported when its end was stored
   * @param schedule in force when its end was stored; empty: none ever was
   */
  public record Observation(
      InstanceId instance,
      String type,
      String id,
      String title,
      Severity severity,
      String runId,
      RunStatus status,
      boolean audit,
      List<Drift> drift,
      Map<String, String> details,
      long spoolEpochNumber,
      long startNumber,
      Instant executed,
      Instant reported,
      Optional<InForce> schedule) {
    /** Copies. */
    public Observation {
      drift = List.copyOf(drift);
      details = Map.copyOf(details);
    }
  }

  /**
   * What a status says; empty if nothing.
   *
   * @param drift whether something differed from what it should be; without audit it was put right
   */
  public static Optional<Status> status(RunStatus status, boolean audit, boolean drift) {
    return switch (status) {
      case SUCCESS -> Optional.of(audit && drift ? Status.NON_COMPLIANT : Status.COMPLIANT);
      case FAILED, TIMED_OUT -> Optional.of(Status.NON_COMPLIANT);
      case INTERRUPTED -> Optional.of(Status.UNKNOWN);
      case SKIPPED, CANCELLED, PENDING, IN_PROGRESS -> Optional.empty();
    };
  }

  /** The item after an observation; empty if that changes nothing. */
  public static Optional<Item> next(Optional<Item> before, Observation seen) {
    if (before.isPresent() && !later(seen, before.get())) {
      return Optional.empty();
    }
    return status(seen.status, seen.audit, !seen.drift.isEmpty())
        .map(
            status ->
                new Item(
                    seen.instance,
                    seen.type,
                    seen.id,
                    seen.title,
                    status,
                    seen.severity,
                    seen.executed,
                    seen.runId,
                    RUN,
                    seen.details,
                    seen.drift.stream().limit(Limits.MAX_EVIDENCE).toList(),
                    before
                        .filter(item -> item.status() == status)
                        .map(Item::since)
                        .orElse(seen.reported),
                    freshUntil(seen.schedule, seen.reported),
                    seen.spoolEpochNumber,
                    seen.startNumber,
                    seen.reported));
  }

  /**
   * Until when a verdict is fresh: the second tick after its report, within bounds; empty if it
   * never expires. A schedule that came in force later counts from there.
   */
  public static Optional<Instant> freshUntil(Optional<InForce> schedule, Instant reported) {
    return schedule.flatMap(
        inForce -> {
          Instant base = inForce.from().isAfter(reported) ? inForce.from() : reported;
          Instant least = base.plus(RunLimits.FRESH_AT_LEAST);
          Instant most = base.plus(RunLimits.FRESH_AT_MOST);
          return Ticks.next(inForce, base)
              .flatMap(first -> Ticks.next(inForce, first))
              .map(second -> second.isBefore(least) ? least : second)
              .map(second -> second.isAfter(most) ? most : second);
        });
  }

  /** The item once nobody confirmed its verdict in time. */
  public static Item stale(Item item, Instant now) {
    Map<String, String> details = new HashMap<>(item.details());
    details.put(REASON, STALE);
    return new Item(
        item.instance(),
        item.type(),
        item.id(),
        item.title(),
        Status.UNKNOWN,
        item.severity(),
        item.executionTime(),
        item.executionId(),
        item.executionType(),
        details,
        item.evidence(),
        now,
        item.freshUntil(),
        item.spoolEpochNumber(),
        item.startNumber(),
        item.reported());
  }

  private static boolean later(Observation seen, Item item) {
    return seen.spoolEpochNumber > item.spoolEpochNumber()
        || (seen.spoolEpochNumber == item.spoolEpochNumber()
            && seen.startNumber > item.startNumber());
  }
}

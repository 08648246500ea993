package dev.holdfast.coordinator.permit;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.EndedRuns;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Executions.Execution;
import dev.holdfast.coordinator.store.Lanes;
import dev.holdfast.coordinator.store.Memberships;
import dev.holdfast.coordinator.store.PermitRows;
import dev.holdfast.coordinator.store.PermitRows.Permit;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.permit.PermitRequest;
import dev.holdfast.report.Lane;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What follows for the permits of an instance from what it says: what it does not name is handed
 * back, what it names is kept, and what runs without a permit counts from here on.
 */
final class Statements {
  private Statements() {}

  /** One change. */
  sealed interface Change {
    /** It is free. */
    record Free(Permit permit) implements Change {}

    /** It is written so. */
    record Put(Permit permit) implements Change {}

    /** Its instance runs it after all: it counts again, and is no error. */
    record Found(Permit permit) implements Change {}
  }

  /** What follows. */
  static List<Change> of(
      Read read, InstanceId instance, PermitRequest said, Patience patience, Instant now) {
    List<Change> changes = new ArrayList<>();
    List<Permit> rows = PermitRows.of(read, instance);
    for (Permit row : rows) {
      if (!said.names(row.association(), row.trigger())) {
        changes.addAll(handedBack(read, row, said.resultsThrough()));
      } else if (row.lost().isPresent() && runs(said, row)) {
        changes.add(new Change.Found(with(row, OptionalLong.empty(), Optional.<Instant>empty())));
      } else if (row.handedBack().isPresent()) {
        changes.add(new Change.Put(with(row, OptionalLong.empty(), row.lost())));
      }
    }
    for (PermitRequest.Hold hold : said.held()) {
      if (hold.running()
          && rows.stream().noneMatch(row -> row.association().equals(hold.association()))) {
        unknown(read, instance, hold, patience, now).ifPresent(changes::add);
      }
    }
    return changes;
  }

  /** Does it. */
  static void apply(Write write, List<Change> changes) {
    for (Change change : changes) {
      switch (change) {
        case Change.Free(var permit) ->
            PermitRows.free(write, permit.instance(), permit.association());
        case Change.Put(var permit) -> PermitRows.put(write, permit);
        case Change.Found(var permit) -> {
          PermitRows.put(write, permit);
          Errors.count(write, permit.association(), permit.execution(), -1);
        }
      }
    }
  }

  private static boolean runs(PermitRequest said, Permit row) {
    return said.held().contains(new PermitRequest.Hold(row.association(), row.trigger(), true));
  }

  /** Its end may still be on the way; until that is stored it counts. */
  private static List<Change> handedBack(Read read, Permit row, long resultsThrough) {
    Map<Lane, Long> stored = Lanes.storedThrough(read, row.instance());
    if (stored.getOrDefault(Lane.RESULTS, 0L) >= resultsThrough) {
      return List.of(new Change.Free(row));
    }
    OptionalLong through = OptionalLong.of(resultsThrough);
    return row.handedBack().equals(through)
        ? List.of()
        : List.of(new Change.Put(with(row, through, row.lost())));
  }

  /** It started when it needed no permit, or without one: alone, or before a backup came back. */
  private static Optional<Change> unknown(
      Read read, InstanceId instance, PermitRequest.Hold hold, Patience patience, Instant now) {
    AssociationId association = hold.association();
    boolean limited =
        PermitRows.newest(read, association, now).filter(e -> e.rate().limited()).isPresent();
    if (!limited
        || Associations.find(read, association).isEmpty()
        || Memberships.between(read, instance, association).isEmpty()) {
      return Optional.empty();
    }
    String run = Identity.runId(instance, association, hold.trigger());
    Optional<Execution> execution =
        Executions.find(read, Identity.executionId(association, hold.trigger()));
    boolean ended =
        Runs.find(read, run).filter(known -> known.status().terminal()).isPresent()
            || execution.filter(row -> EndedRuns.has(read, row.id(), instance)).isPresent();
    return ended || execution.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Change.Put(
                new Permit(
                    instance,
                    association,
                    hold.trigger(),
                    execution.get().id(),
                    now,
                    patience.of(read, execution.get()),
                    OptionalLong.empty(),
                    Optional.empty())));
  }

  private static Permit with(Permit row, OptionalLong handedBack, Optional<Instant> lost) {
    return new Permit(
        row.instance(),
        row.association(),
        row.trigger(),
        row.execution(),
        row.granted(),
        row.lostAfter(),
        handedBack,
        lost);
  }
}

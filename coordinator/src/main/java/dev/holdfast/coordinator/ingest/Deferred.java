package dev.holdfast.coordinator.ingest;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Compliance;
import dev.holdfast.coordinator.store.Compliance.Item;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Executions.Progress;
import dev.holdfast.coordinator.store.Lanes;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.report.Lane;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the reports of one transaction change again and again: which run is the newest of an
 * association on an instance, the verdict on it, how far executions have come, how far lanes are
 * stored. Each is read once, and written once, by {@link #write}, at the end of the transaction:
 * whoever changes one of these rows in an ingest does it here.
 */
final class Deferred {
  private final Write write;
  private final Map<Pair, Optional<Runs.Current>> current = new HashMap<>();
  private final Map<Pair, Optional<Runs.Ended>> newestEnded = new HashMap<>();
  private final Map<Pair, Optional<Item>> verdicts = new HashMap<>();
  private final Map<String, Progress> progress = new HashMap<>();
  private final Map<String, Long> changes = new HashMap<>();
  private final Map<InstanceId, Map<Lane, Long>> through = new LinkedHashMap<>();
  private final Set<Pair> newCurrent = new LinkedHashSet<>();
  private final Set<Pair> newVerdicts = new LinkedHashSet<>();
  private final Set<String> moved = new LinkedHashSet<>();

  Deferred(Write write) {
    this.write = write;
  }

  /** An association on an instance. */
  record Pair(InstanceId instance, AssociationId association) {
    /** That of a run. */
    static Pair of(Runs.Run run) {
      return new Pair(run.instance(), run.association());
    }
  }

  /** The newest run. */
  Optional<Runs.Current> current(Pair pair) {
    return current.computeIfAbsent(
        pair, key -> Runs.current(write.read(), key.instance, key.association));
  }

  /** Makes a run the newest. */
  void put(Runs.Current row) {
    Pair pair = new Pair(row.instance(), row.association());
    current.put(pair, Optional.of(row));
    newCurrent.add(pair);
  }

  /** The newest run that has ended. */
  Optional<Runs.Ended> newestEnded(Pair pair) {
    return newestEnded.computeIfAbsent(
        pair, key -> Runs.newestEnded(write.read(), key.instance, key.association));
  }

  /** A run was written that has ended. */
  void ended(Runs.Run run) {
    Pair pair = Pair.of(run);
    Optional<Runs.Ended> before = newestEnded(pair);
    if (before.isEmpty()
        || run.startedAfter(before.get().spoolEpochNumber(), before.get().startNumber())) {
      newestEnded.put(
          pair,
          Optional.of(new Runs.Ended(run.spoolEpochNumber(), run.startNumber(), run.status())));
    } else if (run.spoolEpochNumber() == before.get().spoolEpochNumber()
        && run.startNumber() == before.get().startNumber()) {
      newestEnded.remove(pair); // the rows tell which of two with the same number it is
    }
  }

  /** The verdict on the association. */
  Optional<Item> verdict(Pair pair) {
    return verdicts.computeIfAbsent(
        pair,
        key ->
            Compliance.find(
                write.read(), key.instance, Compliance.ASSOCIATION, key.association.value()));
  }

  /** Writes a verdict on an association. */
  void put(Item verdict) {
    Pair pair = new Pair(verdict.instance(), new AssociationId(verdict.id()));
    verdicts.put(pair, Optional.of(verdict));
    newVerdicts.add(pair);
  }

  /** How far an execution has come. */
  Progress progress(String execution) {
    return progress.computeIfAbsent(
        execution, id -> Executions.progress(write.read(), id).orElseThrow());
  }

  /** An execution came further. */
  void put(String execution, Progress further) {
    progress.put(execution, further);
    moved.add(execution);
  }

  /** The number of the newest write of a run of an execution. */
  long lastChange(String execution) {
    return changes.computeIfAbsent(execution, id -> Runs.lastChange(write.read(), id));
  }

  /** A run of an execution was written, with this number. */
  void changed(String execution, long change) {
    changes.put(execution, change);
  }

  /** A lane is stored up to there. */
  void put(InstanceId instance, Lane lane, long sequence) {
    through.computeIfAbsent(instance, _ -> new LinkedHashMap<>()).put(lane, sequence);
  }

  /** An instance began a new spool: where the lanes of the one before stood is forgotten. */
  void begin(InstanceId instance) {
    through.remove(instance);
  }

  /** Writes what came to be otherwise. */
  void write() {
    newCurrent.forEach(pair -> current(pair).ifPresent(row -> Runs.putCurrent(write, row)));
    newVerdicts.forEach(pair -> verdict(pair).ifPresent(item -> Compliance.put(write, item)));
    moved.forEach(id -> Executions.put(write, id, progress(id)));
    through.forEach(
        (instance, lanes) ->
            lanes.forEach((lane, sequence) -> Lanes.store(write, instance, lane, sequence)));
  }
}

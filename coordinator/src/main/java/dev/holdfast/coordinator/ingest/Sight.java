package dev.holdfast.coordinator.ingest;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.compliance.ComplianceDesk;
import dev.holdfast.coordinator.compliance.Described;
import dev.holdfast.coordinator.execution.Targets;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Associations.InForce;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Gone;
import dev.holdfast.coordinator.store.Histories;
import dev.holdfast.coordinator.store.Lanes;
import dev.holdfast.coordinator.store.Memberships;
import dev.holdfast.coordinator.store.Memberships.Membership;
import dev.holdfast.coordinator.store.PermitRows;
import dev.holdfast.coordinator.store.PermitRows.Permit;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.report.Lane;
import dev.holdfast.task.Sha256;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one transaction of the ingest reads and does not change, each read once, and what it changes
 * ({@link Deferred}): the reports of a group commit are mostly of few associations.
 */
final class Sight {
  private final Write write;
  private final Map<AssociationId, Optional<Associations.Association>> associations =
      new HashMap<>();
  private final Map<AssociationId, List<InForce>> schedules = new HashMap<>();
  private final Map<AssociationId, ComplianceDesk.Terms> terms = new HashMap<>();
  private final Map<Version, ComplianceDesk.Executed> executed = new HashMap<>();
  private final Map<Sha256, Optional<Described>> described = new HashMap<>();
  private final Map<String, Executions.Execution> executions = new HashMap<>();
  private final Map<Revised, Optional<Associations.Revision>> revisions = new HashMap<>();
  private final Map<Deferred.Pair, List<Membership>> memberships = new HashMap<>();
  private final Map<AssociationId, Targets> targets = new HashMap<>();
  private final Map<InstanceId, Optional<Lanes.Spool>> spools = new HashMap<>();
  private final Map<InstanceId, Map<Lane, Long>> through = new HashMap<>();
  private final Map<InstanceId, List<Permit>> permits = new HashMap<>();
  private final Map<Triggered, String> executionIds = new HashMap<>();
  private final Deferred deferred;
  private Optional<Forgotten> forgotten = Optional.empty();
  private Optional<Gone> gone = Optional.empty();
  private final List<RunEnd> ends = new ArrayList<>();

  Sight(Write write) {
    this.write = write;
    this.deferred = new Deferred(write);
  }

  private record Revised(AssociationId association, Sha256 hash) {}

  private record Version(AssociationId association, int version) {}

  private record Triggered(AssociationId association, Trigger trigger) {}

  Write write() {
    return write;
  }

  /** What it changes again and again. */
  Deferred deferred() {
    return deferred;
  }

  /** The id of the execution of a trigger. */
  String executionId(AssociationId association, Trigger trigger) {
    return executionIds.computeIfAbsent(
        new Triggered(association, trigger),
        key -> Identity.executionId(key.association, key.trigger));
  }

  /** The permit of an association on an instance. */
  Optional<Permit> permit(InstanceId instance, AssociationId association) {
    return permits.computeIfAbsent(instance, key -> PermitRows.of(write.read(), key)).stream()
        .filter(permit -> permit.association().equals(association))
        .findFirst();
  }

  /** Permits of an instance were freed. */
  void freed(InstanceId instance) {
    permits.remove(instance);
  }

  /** The results of an instance are stored up to there: frees what it handed back. */
  void drained(InstanceId instance, long sequence) {
    List<Permit> held = permits.computeIfAbsent(instance, key -> PermitRows.of(write.read(), key));
    if (held.stream().anyMatch(permit -> permit.handedBack().isPresent())) {
      PermitRows.drained(write, instance, sequence);
      freed(instance);
    }
  }

  Optional<Associations.Association> association(AssociationId id) {
    return associations.computeIfAbsent(id, key -> Associations.find(write.read(), key));
  }

  List<InForce> schedules(AssociationId id) {
    return schedules.computeIfAbsent(id, key -> Associations.inForce(write.read(), key));
  }

  ComplianceDesk.Terms terms(Associations.Association row) {
    return terms.computeIfAbsent(row.id(), _ -> ComplianceDesk.terms(write.read(), row));
  }

  ComplianceDesk.Executed executed(Associations.Association row, int version) {
    return executed.computeIfAbsent(
        new Version(row.id(), version),
        key -> ComplianceDesk.executed(write.read(), row, key.version));
  }

  /** What the steps of a revision are about; empty: nobody knows. */
  Optional<Described> described(Sha256 revision) {
    return described.computeIfAbsent(revision, key -> Described.of(write.read(), key));
  }

  /** What tells whether a first report of an execution comes late. */
  Targets targets(Associations.Association row, Executions.Execution execution) {
    return execution.rate().limited()
        ? Targets.ofReports(write.read(), row, write.now())
        : targets.computeIfAbsent(row.id(), _ -> Targets.ofReports(write.read(), row, write.now()));
  }

  /** An execution of an association was added. */
  void added(Executions.Execution execution) {
    targets.remove(execution.association());
    executions.put(execution.id(), execution);
  }

  /** What was decided of an execution when it was made; its counts may have moved on. */
  Optional<Executions.Execution> execution(String id) {
    Executions.Execution known = executions.get(id);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<Executions.Execution> found = Executions.find(write.read(), id);
    found.ifPresent(execution -> executions.put(id, execution));
    return found;
  }

  Optional<Associations.Revision> revision(AssociationId id, Sha256 hash) {
    return revisions.computeIfAbsent(
        new Revised(id, hash),
        key -> Associations.revision(write.read(), key.association, key.hash));
  }

  List<Membership> memberships(InstanceId instance, AssociationId association) {
    return memberships.computeIfAbsent(
        new Deferred.Pair(instance, association),
        pair -> Memberships.between(write.read(), pair.instance(), pair.association()));
  }

  /** What the store can't know. */
  Forgotten forgotten() {
    if (write.epoch() == Histories.FIRST) {
      return Forgotten.NOTHING;
    }
    Forgotten known =
        forgotten.orElseGet(() -> new Forgotten(write.epoch(), Histories.all(write.read())));
    forgotten = Optional.of(known);
    return known;
  }

  /** Up to where executions are no longer kept. */
  Gone gone() {
    Gone known = gone.orElseGet(() -> Gone.of(write.read()));
    gone = Optional.of(known);
    return known;
  }

  Optional<Lanes.Spool> spool(InstanceId instance) {
    return spools.computeIfAbsent(instance, key -> Lanes.spool(write.read(), key));
  }

  /** Begins a new spool of an instance. */
  void begin(InstanceId instance, String epoch) {
    spools.put(instance, Optional.of(Lanes.begin(write, instance, epoch)));
    through.remove(instance);
    deferred.begin(instance);
  }

  /** A run has ended by a report of this transaction. */
  void ended(RunEnd end) {
    ends.add(end);
  }

  /** The runs that have ended by this transaction. */
  List<RunEnd> ends() {
    return ends;
  }

  /** What is stored of each lane; those who store more change it. */
  Map<Lane, Long> through(InstanceId instance) {
    return through.computeIfAbsent(instance, key -> Lanes.storedThrough(write.read(), key));
  }
}

package dev.holdfast.coordinator.store;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Executions.Execution;
import dev.holdfast.coordinator.store.Memberships.Membership;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.Sha256;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The rows from which assignment sets are computed: what belongs to instances is read for many of
 * them with one query, what belongs to an association once.
 */
public final class AssignmentRows {
  /** Ids in one query. */
  public static final int MAX_IDS = 1_000;

  private AssignmentRows() {}

  /**
   * What of an association's row sets depend on.
   *
   * @param revision in force; empty if it can't be resolved
   * @param effectiveFrom ticks count from here, for those who were members
   */
  public record Head(AssociationId id, Optional<Sha256> revision, Instant effectiveFrom) {}

  /** Those of the instances that may connect. */
  public static Set<InstanceId> active(Read read, Collection<InstanceId> instances) {
    Set<InstanceId> active = new HashSet<>();
    if (!instances.isEmpty()) {
      Plain.all(
          read.handle(),
          "SELECT instance.id FROM json_each(?) AS wanted JOIN instance ON instance.id ="
              + " wanted.value WHERE instance.state = 'ACTIVE'",
          row -> active.add(new InstanceId(row.getString(1))),
          texts(instances));
    }
    return active;
  }

  /** The intervals of the instances that last, or ended not earlier than a moment. */
  public static List<Membership> memberships(
      Read read, Collection<InstanceId> instances, Instant since) {
    if (instances.isEmpty()) {
      return List.of();
    }
    return Plain.list(
        read.handle(),
        "SELECT membership.* FROM json_each(?) AS wanted JOIN membership ON membership.instance_id"
            + " = wanted.value WHERE membership.left_position IS NULL OR membership.left >= ? ORDER"
            + " BY membership.instance_id, membership.association_id, membership.entered_position",
        Memberships::membership,
        texts(instances),
        since.toEpochMilli());
  }

  /** Of every association that is not deleted, what sets depend on. */
  public static Map<AssociationId, Head> heads(Read read) {
    Map<AssociationId, Head> heads = new HashMap<>();
    read.handle()
        .createQuery(
            "SELECT id, revision_sha256, effective_from FROM association WHERE deleted IS NULL")
        .map(
            (row, context) ->
                new Head(
                    new AssociationId(row.getString("id")),
                    hash(row.getString("revision_sha256")),
                    Times.of(row, "effective_from")))
        .forEach(head -> heads.put(head.id(), head));
    return heads;
  }

  /** Whoever is a member of an association, or left it after a position or not before a moment. */
  public static Set<InstanceId> concerned(
      Read read, AssociationId association, long position, Instant since) {
    Set<InstanceId> instances = new HashSet<>();
    Plain.all(
        read.handle(),
        "SELECT DISTINCT instance_id FROM membership WHERE association_id = ? AND (left_position IS"
            + " NULL OR left_position > ? OR membership.left >= ?)",
        row -> instances.add(new InstanceId(row.getString(1))),
        association.value(),
        position,
        since.toEpochMilli());
    return instances;
  }

  /**
   * The executions of an association that may still start at a moment, the newest first; neither
   * ticks, which both sides compute, nor {@linkplain #entering enters}, of which there may be one
   * for each of its instances.
   */
  public static List<Execution> startable(Read read, AssociationId association, Instant now) {
    return read.handle()
        .createQuery(
            "SELECT * FROM execution WHERE association_id = :id AND kind NOT IN ('TICK', 'ENTER')"
                + " AND not_after >= :now ORDER BY position DESC, id")
        .bind("id", association.value())
        .bind("now", now.toEpochMilli())
        .map(Executions.ROW)
        .list();
  }

  /**
   * The enters of an association at these positions of the log that may still start at a moment.
   */
  public static List<Execution> entering(
      Read read, AssociationId association, Collection<Long> positions, Instant now) {
    return positions.isEmpty()
        ? List.of()
        : Plain.list(
            read.handle(),
            // CROSS: else all enters are gone through, and for each of them all positions
            "SELECT execution.* FROM json_each(?) AS wanted CROSS JOIN execution ON"
                + " execution.association_id = ? AND execution.kind = 'ENTER' AND"
                + " execution.position = wanted.value WHERE execution.not_after >= ?",
            Executions::execution,
            positions.toString(),
            association.value(),
            now.toEpochMilli());
  }

  /** Whoever became a member of an association by the event at a position. */
  public static Set<InstanceId> entered(Read read, AssociationId association, long position) {
    Set<InstanceId> instances = new HashSet<>();
    read.handle()
        .createQuery(
            "SELECT instance_id FROM membership WHERE association_id = :id AND entered_position ="
                + " :position")
        .bind("id", association.value())
        .bind("position", position)
        .mapTo(String.class)
        .forEach(id -> instances.add(new InstanceId(id)));
    return instances;
  }

  /** The executions of an association that were cancelled for all, not earlier than a moment. */
  public static List<Execution> cancelled(Read read, AssociationId association, Instant since) {
    return read.handle()
        .createQuery(
            "SELECT * FROM execution WHERE association_id = :id AND cancelled IS NOT NULL AND"
                + " cancelled >= :since")
        .bind("id", association.value())
        .bind("since", since.toEpochMilli())
        .map(Executions.ROW)
        .list();
  }

  /** The executions that were cancelled for some of these instances alone, by instance. */
  public static Map<InstanceId, List<Execution>> cancelledAlone(
      Read read, Collection<InstanceId> instances, Instant since) {
    Map<InstanceId, List<Execution>> cancelled = new HashMap<>();
    if (instances.isEmpty()) {
      return cancelled;
    }
    Plain.all(
        read.handle(),
        "SELECT execution.*, wanted.value AS alone FROM json_each(?) AS wanted JOIN"
            + " execution_cancelled ON execution_cancelled.instance_id = wanted.value AND"
            + " execution_cancelled.time >= ? JOIN execution ON execution.id ="
            + " execution_cancelled.execution_id",
        row ->
            cancelled
                .computeIfAbsent(new InstanceId(row.getString("alone")), _ -> new ArrayList<>())
                .add(Executions.execution(row)),
        texts(instances),
        since.toEpochMilli());
    return cancelled;
  }

  /** What of these runs was reported, by id. */
  public static Map<String, RunStatus> reported(Read read, Collection<String> runs) {
    Map<String, RunStatus> reported = new HashMap<>();
    List<String> ids = List.copyOf(runs);
    for (int from = 0; from < ids.size(); from += MAX_IDS) {
      Plain.all(
          read.handle(),
          "SELECT run.id, run.status FROM json_each(?) AS wanted JOIN run ON run.id = wanted.value",
          row -> reported.put(row.getString(1), RunStatus.valueOf(row.getString(2))),
          Json.write(ids.subList(from, Math.min(ids.size(), from + MAX_IDS))));
    }
    return reported;
  }

  /** The revisions in force of what an instance that may connect is a member of. */
  public static Set<Sha256> revisions(Read read, InstanceId instance) {
    Set<Sha256> revisions = new HashSet<>();
    read.handle()
        .createQuery(
            "SELECT association.revision_sha256 FROM membership JOIN association ON association.id"
                + " = membership.association_id JOIN instance ON instance.id ="
                + " membership.instance_id WHERE membership.instance_id = :id AND"
                + " membership.left_position IS NULL AND association.deleted IS NULL AND"
                + " association.revision_sha256 <> '' AND instance.state = 'ACTIVE'")
        .bind("id", instance.value())
        .mapTo(String.class)
        .forEach(revision -> revisions.add(new Sha256(revision)));
    return revisions;
  }

  /** The revision in force of one association of which an instance that may connect is a member. */
  public static Optional<Sha256> revision(
      Read read, InstanceId instance, AssociationId association) {
    return read.handle()
        .createQuery(
            "SELECT association.revision_sha256 FROM membership JOIN association ON association.id"
                + " = membership.association_id JOIN instance ON instance.id ="
                + " membership.instance_id WHERE membership.instance_id = :instance AND"
                + " membership.association_id = :association AND membership.left_position IS NULL"
                + " AND association.deleted IS NULL AND instance.state = 'ACTIVE'")
        .bind("instance", instance.value())
        .bind("association", association.value())
        .mapTo(String.class)
        .findOne()
        .flatMap(AssignmentRows::hash);
  }

  private static Optional<Sha256> hash(String hex) {
    return hex.isEmpty() ? Optional.empty() : Optional.of(new Sha256(hex));
  }

  private static String texts(Collection<InstanceId> instances) {
    if (instances.size() > MAX_IDS) {
      throw new IllegalArgumentException(
          instances.size() + " instances in one query; at most " + MAX_IDS);
    }
    return Json.write(instances.stream().map(InstanceId::value).toList());
  }
}

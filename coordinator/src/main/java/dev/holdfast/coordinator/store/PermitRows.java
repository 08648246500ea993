package dev.holdfast.coordinator.store;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.store.Executions.Execution;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** Permits, one an instance and association, and what executions count because of them. */
public final class PermitRows {
  private PermitRows() {}

  /** Of a row that has all columns, in the order in which the table has them. */
  private static Permit permit(ResultSet row) throws SQLException {
    long handedBack = row.getLong(7);
    boolean held = row.wasNull();
    return new Permit(
        new InstanceId(row.getString(1)),
        new AssociationId(row.getString(2)),
        Trigger.parse(row.getString(3)).orElseThrow(),
        row.getString(4),
        Instant.ofEpochMilli(row.getLong(5)),
        Duration.ofMillis(row.getLong(6)),
        held ? OptionalLong.empty() : OptionalLong.of(handedBack),
        Times.maybe(row, 8));
  }

  /**
   * A permit.
   *
   * @param lostAfter how long after its instance's last sign of life it is lost
   * @param handedBack it is free once the results of its instance up to this sequence are stored
   * @param lost when; it counts no more against the concurrency, and as one error
   */
  public record Permit(
      InstanceId instance,
      AssociationId association,
      Trigger trigger,
      String execution,
      Instant granted,
      Duration lostAfter,
      OptionalLong handedBack,
      Optional<Instant> lost) {}

  /** Those of an instance. */
  public static List<Permit> of(Read read, InstanceId instance) {
    return Plain.list(
        read.handle(),
        "SELECT * FROM permit WHERE instance_id = ?",
        PermitRows::permit,
        instance.value());
  }

  /** The one of an instance and association. */
  public static Optional<Permit> find(Read read, InstanceId instance, AssociationId association) {
    return Plain.one(
        read.handle(),
        "SELECT * FROM permit WHERE instance_id = ? AND association_id = ?",
        PermitRows::permit,
        instance.value(),
        association.value());
  }

  /** Those that count, of all associations. */
  public static List<Permit> counting(Read read) {
    return Plain.list(read.handle(), "SELECT * FROM permit WHERE lost IS NULL", PermitRows::permit);
  }

  /** How many of an association count. */
  public static int counting(Read read, AssociationId association) {
    return Plain.one(
            read.handle(),
            "SELECT COUNT(*) FROM permit WHERE association_id = ? AND lost IS NULL",
            row -> row.getInt(1),
            association.value())
        .orElseThrow();
  }

  /** The instances that were lost with a run of an execution. */
  public static Set<InstanceId> lost(Read read, String execution) {
    return new HashSet<>(
        Plain.list(
            read.handle(),
            "SELECT instance_id FROM permit WHERE execution_id = ? AND lost IS NOT NULL",
            row -> new InstanceId(row.getString(1)),
            execution));
  }

  /** Writes one; it takes the place of the one that was there. */
  public static void put(Write write, Permit permit) {
    Plain.update(
        write.handle(),
        "INSERT OR REPLACE INTO permit (instance_id, association_id, trigger, execution_id,"
            + " granted, lost_after, handed_back, lost) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        permit.instance.value(),
        permit.association.value(),
        permit.trigger.text(),
        permit.execution,
        permit.granted.toEpochMilli(),
        permit.lostAfter.toMillis(),
        permit.handedBack.isPresent() ? (Long) permit.handedBack.getAsLong() : null,
        Times.millis(permit.lost));
  }

  /** Notes that it is lost. */
  public static void lose(Write write, Permit permit) {
    write
        .handle()
        .createUpdate(
            "UPDATE permit SET lost = :now WHERE instance_id = :instance AND association_id ="
                + " :association")
        .bind("now", write.now().toEpochMilli())
        .bind("instance", permit.instance.value())
        .bind("association", permit.association.value())
        .execute();
  }

  /** Frees one. */
  public static void free(Write write, InstanceId instance, AssociationId association) {
    Plain.update(
        write.handle(),
        "DELETE FROM permit WHERE instance_id = ? AND association_id = ?",
        instance.value(),
        association.value());
  }

  /** Frees what an instance handed back, once its results up to this sequence are stored. */
  public static void drained(Write write, InstanceId instance, long through) {
    Plain.update(
        write.handle(),
        "DELETE FROM permit WHERE instance_id = ? AND handed_back <= ?",
        instance.value(),
        through);
  }

  /** Forgets those that were lost before a moment. */
  public static void forget(Write write, Instant before) {
    write
        .handle()
        .createUpdate("DELETE FROM permit WHERE lost < :before")
        .bind("before", before.toEpochMilli())
        .execute();
  }

  /**
   * Counts errors of an execution, or takes some off.
   *
   * @return whether these are too many now, and were not before: it is stopped for good
   */
  public static boolean errors(Write write, String execution, int more) {
    Plain.update(
        write.handle(),
        "UPDATE execution SET errors = MAX(0, errors + ?) WHERE id = ?",
        more,
        execution);
    return Plain.changed(
            write.handle(),
            "UPDATE execution SET stopped = ? WHERE id = ? AND stopped IS NULL AND errors >"
                + " max_errors",
            write.now().toEpochMilli(),
            execution)
        == 1;
  }

  /** Notes that the first permit for an execution was given, if it is the first. */
  public static void granted(Write write, String execution) {
    Plain.update(
        write.handle(),
        "UPDATE execution SET granted = ? WHERE id = ? AND granted IS NULL",
        write.now().toEpochMilli(),
        execution);
  }

  /** The newest execution of an association for which a permit was given. */
  public static Optional<Execution> newestGranted(Read read, AssociationId association) {
    return Plain.one(
        read.handle(),
        "SELECT * FROM execution WHERE association_id = ? AND granted IS NOT NULL ORDER BY time"
            + " DESC, position DESC LIMIT 1",
        Executions::execution,
        association.value());
  }

  /**
   * How many runs the newest execution not later than a moment allows at once; empty: any number.
   */
  public static OptionalInt limit(Read read, AssociationId association, Instant until) {
    return Plain.one(
            read.handle(),
            "SELECT max_concurrency FROM execution WHERE association_id = ? AND time <= ? ORDER BY"
                + " time DESC, position DESC LIMIT 1",
            row -> Executions.number(row, 1),
            association.value(),
            until.toEpochMilli())
        .orElse(OptionalInt.empty());
  }

  /** The newest execution of an association that is not later than a moment. */
  public static Optional<Execution> newest(Read read, AssociationId association, Instant until) {
    return Plain.one(
        read.handle(),
        "SELECT * FROM execution WHERE association_id = ? AND time <= ? ORDER BY time DESC,"
            + " position DESC LIMIT 1",
        Executions::execution,
        association.value(),
        until.toEpochMilli());
  }

  /** The executions of an association that were stopped and could still start, the newest. */
  public static List<Execution> stopped(
      Read read, AssociationId association, Instant now, int atMost) {
    return read.handle()
        .createQuery(
            "SELECT * FROM execution WHERE association_id = :id AND stopped IS NOT NULL AND"
                + " not_after >= :now ORDER BY time DESC, position DESC LIMIT :limit")
        .bind("id", association.value())
        .bind("now", now.toEpochMilli())
        .bind("limit", atMost)
        .map(Executions.ROW)
        .list();
  }
}

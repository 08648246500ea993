package dev.holdfast.coordinator.store;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.store.Executions.Execution;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jdbi.v3.core.mapper.RowMapper;

/** Permits, one an instance and association, and what executions count because of them. */
public final class PermitRows {
  private static final RowMapper<Permit> ROW =
      (row, context) -> {
        long handedBack = row.getLong("handed_back");
        boolean held = row.wasNull();
        return new Permit(
            new InstanceId(row.getString("instance_id")),
            new AssociationId(row.getString("association_id")),
            Trigger.parse(row.getString("trigger")).orElseThrow(),
            row.getString("execution_id"),
            Times.of(row, "granted"),
            Duration.ofMillis(row.getLong("lost_after")),
            held ? OptionalLong.empty() : OptionalLong.of(handedBack),
            Times.maybe(row, "lost"));
      };

  private PermitRows() {}

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
    return read.handle()
        .createQuery("SELECT * FROM permit WHERE instance_id = :instance")
        .bind("instance", instance.value())
        .map(ROW)
        .list();
  }

  /** The one of an instance and association. */
  public static Optional<Permit> find(Read read, InstanceId instance, AssociationId association) {
    return read.handle()
        .createQuery(
            "SELECT * FROM permit WHERE instance_id = :instance AND association_id = :association")
        .bind("instance", instance.value())
        .bind("association", association.value())
        .map(ROW)
        .findOne();
  }

  /** Those that count, of all associations. */
  public static List<Permit> counting(Read read) {
    return read.handle().createQuery("SELECT * FROM permit WHERE lost IS NULL").map(ROW).list();
  }

  /** How many of an association count. */
  public static int counting(Read read, AssociationId association) {
    return read.handle()
        .createQuery(
            "SELECT COUNT(*) FROM permit WHERE association_id = :association AND lost IS NULL")
        .bind("association", association.value())
        .mapTo(Integer.class)
        .one();
  }

  /** The instances that were lost with a run of an execution. */
  public static Set<InstanceId> lost(Read read, String execution) {
    Set<InstanceId> instances = new HashSet<>();
    read.handle()
        .createQuery("SELECT instance_id FROM permit WHERE execution_id = :id AND lost IS NOT NULL")
        .bind("id", execution)
        .mapTo(String.class)
        .forEach(id -> instances.add(new InstanceId(id)));
    return instances;
  }

  /** Writes one; it takes the place of the one that was there. */
  public static void put(Write write, Permit permit) {
    write
        .handle()
        .createUpdate(
            "INSERT OR REPLACE INTO permit (instance_id, association_id, trigger, execution_id,"
                + " granted, lost_after, handed_back, lost) VALUES (:instance, :association,"
                + " :trigger, :execution, :granted, :lostAfter, :handedBack, :lost)")
        .bind("instance", permit.instance.value())
        .bind("association", permit.association.value())
        .bind("trigger", permit.trigger.text())
        .bind("execution", permit.execution)
        .bind("granted", permit.granted.toEpochMilli())
        .bind("lostAfter", permit.lostAfter.toMillis())
        .bind("handedBack", permit.handedBack.stream().boxed().findFirst())
        .bind("lost", permit.lost.map(Instant::toEpochMilli))
        .execute();
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
    write
        .handle()
        .createUpdate(
            "DELETE FROM permit WHERE instance_id = :instance AND association_id = :association")
        .bind("instance", instance.value())
        .bind("association", association.value())
        .execute();
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
    write
        .handle()
        .createUpdate("UPDATE execution SET errors = MAX(0, errors + :more) WHERE id = :id")
        .bind("more", more)
        .bind("id", execution)
        .execute();
    return write
            .handle()
            .createUpdate(
                "UPDATE execution SET stopped = :now WHERE id = :id AND stopped IS NULL AND errors"
                    + " > max_errors")
            .bind("now", write.now().toEpochMilli())
            .bind("id", execution)
            .execute()
        == 1;
  }

  /** Notes that the first permit for an execution was given, if it is the first. */
  public static void granted(Write write, String execution) {
    write
        .handle()
        .createUpdate("UPDATE execution SET granted = :now WHERE id = :id AND granted IS NULL")
        .bind("now", write.now().toEpochMilli())
        .bind("id", execution)
        .execute();
  }

  /** The newest execution of an association for which a permit was given. */
  public static Optional<Execution> newestGranted(Read read, AssociationId association) {
    return read.handle()
        .createQuery(
            "SELECT * FROM execution WHERE association_id = :id AND granted IS NOT NULL ORDER BY"
                + " time DESC, position DESC LIMIT 1")
        .bind("id", association.value())
        .map(Executions.ROW)
        .findOne();
  }

  /** The newest execution of an association that is not later than a moment. */
  public static Optional<Execution> newest(Read read, AssociationId association, Instant until) {
    return read.handle()
        .createQuery(
            "SELECT * FROM execution WHERE association_id = :id AND time <= :until ORDER BY time"
                + " DESC, position DESC LIMIT 1")
        .bind("id", association.value())
        .bind("until", until.toEpochMilli())
        .map(Executions.ROW)
        .findOne();
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

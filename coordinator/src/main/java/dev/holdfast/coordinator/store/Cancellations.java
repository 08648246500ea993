package dev.holdfast.coordinator.store;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Executions that people cancelled, for all of their targets or for some. */
public final class Cancellations {
  private Cancellations() {}

  /**
   * Those of an association that are cancelled, for all or for this instance, not earlier than a
   * moment.
   */
  public static List<Executions.Execution> cancelled(
      Read read, AssociationId association, InstanceId instance, Instant since) {
    return read.handle()
        .createQuery(
            "SELECT * FROM execution WHERE association_id = :id AND (cancelled >= :since OR id IN"
                + " (SELECT execution_id FROM execution_cancelled WHERE instance_id = :instance AND"
                + " time >= :since))")
        .bind("id", association.value())
        .bind("instance", instance.value())
        .bind("since", since.toEpochMilli())
        .map(Executions.ROW)
        .list();
  }

  /** The instances for which alone an execution was cancelled. */
  public static Set<InstanceId> cancelledFor(Read read, String execution) {
    return new HashSet<>(
        Plain.list(
            read.handle(),
            "SELECT instance_id FROM execution_cancelled WHERE execution_id = ?",
            row -> new InstanceId(row.getString(1)),
            execution));
  }

  /** Cancels it for all its targets; whether it was not yet. */
  public static boolean cancel(Write write, String id) {
    return write
            .handle()
            .createUpdate(
                "UPDATE execution SET cancelled = :now WHERE id = :id AND cancelled IS NULL")
            .bind("now", write.now().toEpochMilli())
            .bind("id", id)
            .execute()
        == 1;
  }

  /** Cancels it for one; whether it was not yet. */
  public static boolean cancel(Write write, String id, InstanceId instance) {
    return write
            .handle()
            .createUpdate(
                "INSERT OR IGNORE INTO execution_cancelled (execution_id, instance_id, time) VALUES"
                    + " (:id, :instance, :now)")
            .bind("id", id)
            .bind("instance", instance.value())
            .bind("now", write.now().toEpochMilli())
            .execute()
        == 1;
  }
}

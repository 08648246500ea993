package dev.holdfast.coordinator.store;

import com.google.protobuf.ByteString;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.report.RunStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Runs as they are looked through for those that may go: of one association on one instance after
 * the other. A row is named by its number in the table, which no other row gets as long as it is
 * the retention alone that deletes.
 */
public final class OldRuns {
  /** Reads one entry of an index. */
  static final String NEXT =
      "SELECT instance_id, association_id FROM run WHERE (instance_id, association_id) > (?, ?)"
          + " ORDER BY instance_id, association_id LIMIT 1";

  /** Reads an index alone. */
  static final String OF =
      "SELECT rowid, status, received, output, rowid = (SELECT newest.rowid FROM current_run JOIN"
          + " run AS newest ON newest.id = current_run.run_id WHERE current_run.instance_id = ?1"
          + " AND current_run.association_id = ?2) FROM run WHERE instance_id = ?1 AND"
          + " association_id = ?2 ORDER BY instance_id DESC, association_id DESC,"
          + " spool_epoch_number DESC, start_number DESC";

  /**
   * Not what has not ended; nor what may still be started, since the sets of instances are computed
   * from what they reported; nor what was written last of an execution that may hear of more, since
   * who watches it counts the writes.
   */
  private static final String MAY_GO =
      "SELECT r.rowid FROM run AS r LEFT JOIN execution AS e ON e.id = r.execution_id WHERE r.rowid"
          + " IN (SELECT value FROM json_each(:rows)) AND r.status NOT IN ('PENDING',"
          + " 'IN_PROGRESS') AND (e.id IS NULL OR ((e.kind = 'TICK' OR e.not_after < :now) AND"
          + " (e.ended IS NOT NULL OR r.change < (SELECT MAX(other.change) FROM run AS other WHERE"
          + " other.execution_id = r.execution_id))))";

  private OldRuns() {}

  /** An association on an instance. */
  public record Pair(InstanceId instance, AssociationId association) {}

  /**
   * What of a run's row decides whether it may go.
   *
   * @param row its number in the table
   * @param output whether what its steps put out is there
   * @param current it is the one that says how the association stands on the instance
   */
  public record Row(
      long row, RunStatus status, Instant received, boolean output, boolean current) {}

  /** The next pair that has runs; empty behind the last. */
  public static Optional<Pair> next(Read read, Optional<Pair> after) {
    return Plain.one(
        read.handle(),
        NEXT,
        row -> new Pair(new InstanceId(row.getString(1)), new AssociationId(row.getString(2))),
        after.map(pair -> pair.instance.value()).orElse(""),
        after.map(pair -> pair.association.value()).orElse(""));
  }

  /** The runs of a pair, the one that was started last first. */
  public static List<Row> of(Read read, Pair pair) {
    List<Row> rows = new ArrayList<>();
    Plain.all(
        read.handle(),
        OF,
        row ->
            rows.add(
                new Row(
                    row.getLong(1),
                    RunStatus.valueOf(row.getString(2)),
                    Instant.ofEpochMilli(row.getLong(3)),
                    row.getBoolean(4),
                    row.getBoolean(5))),
        pair.instance.value(),
        pair.association.value());
    return rows;
  }

  /** Whether a pair is of the past: either of the two has been gone since before a moment. */
  public static boolean over(Read read, Pair pair, Instant before) {
    return Plain.one(
            read.handle(),
            "SELECT EXISTS (SELECT 1 FROM association WHERE id = ?1 AND deleted < ?3) OR EXISTS"
                + " (SELECT 1 FROM instance WHERE id = ?2 AND state = 'DEREGISTERED' AND"
                + " state_since < ?3)",
            row -> row.getBoolean(1),
            pair.association.value(),
            pair.instance.value(),
            before.toEpochMilli())
        .orElse(false);
  }

  /** The steps of a run, if it is there. */
  public static Optional<ByteString> steps(Read read, long row) {
    return Plain.one(
        read.handle(),
        "SELECT steps FROM run WHERE rowid = ?",
        found -> ByteString.copyFrom(found.getBytes(1)),
        row);
  }

  /** Puts the steps of a run without what they put out in the place of those that have it. */
  public static void bare(Write write, long row, ByteString steps) {
    Plain.update(
        write.handle(),
        "UPDATE run SET steps = ?, output = 0 WHERE rowid = ? AND status NOT IN ('PENDING',"
            + " 'IN_PROGRESS')",
        steps.toByteArray(),
        row);
  }

  /**
   * Deletes of these runs those that may go, and notes how they ended where their execution is
   * there.
   *
   * @return how many went
   */
  public static int delete(Write write, List<Long> rows) {
    List<Long> going =
        write
            .handle()
            .createQuery(MAY_GO)
            .bind("rows", numbers(rows))
            .bind("now", write.now().toEpochMilli())
            .mapTo(Long.class)
            .list();
    write
        .handle()
        .createUpdate(
            "INSERT OR IGNORE INTO ended_run (execution_id, instance_id, status, detailed_status)"
                + " SELECT r.execution_id, r.instance_id, r.status, r.detailed_status FROM run AS"
                + " r JOIN execution AS e ON e.id = r.execution_id WHERE r.rowid IN (SELECT value"
                + " FROM json_each(:rows))")
        .bind("rows", numbers(going))
        .execute();
    return write
        .handle()
        .createUpdate("DELETE FROM run WHERE rowid IN (SELECT value FROM json_each(:rows))")
        .bind("rows", numbers(going))
        .execute();
  }

  /** Forgets how an association stood on an instance. */
  public static void forget(Write write, Pair pair) {
    Plain.update(
        write.handle(),
        "DELETE FROM current_run WHERE instance_id = ? AND association_id = ?",
        pair.instance.value(),
        pair.association.value());
  }

  private static String numbers(List<Long> rows) {
    return rows.toString(); // as JSON writes them
  }
}

package dev.holdfast.coordinator.store;

import com.google.protobuf.ByteString;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.report.RunStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;

/** Runs as they were reported, and which is the newest of each association on each instance. */
public final class Runs {
  /** Read again and again while somebody watches. */
  static final String CHANGED =
      "SELECT * FROM run WHERE execution_id = :id AND change > :after ORDER BY change LIMIT :limit";

  /** Read for each execution of a list: it has to be answered by an index. */
  static final String BRIEFS =
      "SELECT instance_id, status, detailed_status FROM run WHERE execution_id = :id UNION ALL"
          + " SELECT instance_id, status, detailed_status FROM ended_run WHERE execution_id = :id"
          + " ORDER BY instance_id";

  /** Read for each report that comes late: never by looking at the runs that have ended. */
  static final String IN_PROGRESS =
      "SELECT instance_id, revision_sha256 FROM run WHERE execution_id = ? AND status ="
          + " 'IN_PROGRESS'";

  private static final String COLUMNS =
      "id, execution_id, association_id, instance_id, trigger, attempt, start_number,"
          + " spool_epoch_number, status, detailed_status, association_version, document_version,"
          + " revision_sha256, scheduled, started, ended, caught_up, missed_ticks, steps, received,"
          + " reason";

  private static final String FIND = "SELECT " + COLUMNS + " FROM run WHERE id = ?";

  private static final String INSERT =
      "INSERT INTO run ("
          + COLUMNS
          + ", change) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON"
          + " CONFLICT (id) DO ";

  private static final String ADD = INSERT + "NOTHING";

  /** Whose a run is, and of what, never changes: the id says it. */
  private static final String PUT =
      INSERT
          + "UPDATE SET attempt = excluded.attempt,"
          + " start_number = excluded.start_number, spool_epoch_number ="
          + " excluded.spool_epoch_number, status = excluded.status, detailed_status ="
          + " excluded.detailed_status, association_version = excluded.association_version,"
          + " document_version = excluded.document_version, revision_sha256 ="
          + " excluded.revision_sha256, scheduled = excluded.scheduled, started ="
          + " excluded.started, ended = excluded.ended, caught_up = excluded.caught_up,"
          + " missed_ticks = excluded.missed_ticks, steps = excluded.steps, received ="
          + " excluded.received, reason = excluded.reason, change = excluded.change";

  /** Of rows that begin with all columns, in the order in which the table has them. */
  private static final RowMapper<Run> ROW = (row, context) -> run(row);

  private Runs() {}

  /**
   * A run's row.
   *
   * @param reason in words, where the detailed status leaves something to say; else empty
   */
  public record Run(
      String id,
      String executionId,
      AssociationId association,
      InstanceId instance,
      String trigger,
      int attempt,
      long startNumber,
      long spoolEpochNumber,
      RunStatus status,
      String detailedStatus,
      int associationVersion,
      int documentVersion,
      String revisionSha256,
      Optional<Instant> scheduled,
      Optional<Instant> started,
      Optional<Instant> ended,
      boolean caughtUp,
      int missedTicks,
      ByteString steps,
      Instant received,
      String reason) {

    /** Whether its agent started it later than a run of the same association with these numbers. */
    public boolean startedAfter(long otherEpoch, long otherNumber) {
      return spoolEpochNumber > otherEpoch
          || (spoolEpochNumber == otherEpoch && startNumber > otherNumber);
    }
  }

  /** What of a run its execution's counts rest on. */
  public record Brief(InstanceId instance, RunStatus status, String detailedStatus) {}

  /** How a run ended, and where it stands in the order of starts. */
  public record Ended(long spoolEpochNumber, long startNumber, RunStatus status) {}

  /** The newest run of an association on an instance. */
  public record Current(
      InstanceId instance,
      AssociationId association,
      String runId,
      RunStatus status,
      long spoolEpochNumber,
      long startNumber,
      Optional<Instant> lastSuccess) {}

  /** One run. */
  public static Optional<Run> find(Read read, String id) {
    return Plain.one(read.handle(), FIND, Runs::run, id);
  }

  /**
   * The status of each run of an execution, those among them whose rows are gone, in the order of
   * the instances. It reads indexes alone, never what the runs put out.
   */
  public static List<Brief> briefs(Read read, String executionId) {
    return read.handle()
        .createQuery(BRIEFS)
        .bind("id", executionId)
        .map(
            (row, context) ->
                new Brief(
                    new InstanceId(row.getString("instance_id")),
                    RunStatus.valueOf(row.getString("status")),
                    row.getString("detailed_status")))
        .list();
  }

  /** The revisions that the runs in progress of an execution run. */
  public static Map<InstanceId, String> inProgress(Read read, String executionId) {
    Map<InstanceId, String> revisions = new HashMap<>();
    Plain.all(
        read.handle(),
        IN_PROGRESS,
        row -> revisions.put(new InstanceId(row.getString(1)), row.getString(2)),
        executionId);
    return revisions;
  }

  /** The runs of an execution on these instances and on those between them, without their steps. */
  public static List<Run> between(
      Read read, String executionId, InstanceId first, InstanceId last) {
    return read.handle()
        .createQuery(
            "SELECT id, execution_id, association_id, instance_id, trigger, attempt, start_number,"
                + " spool_epoch_number, status, detailed_status, association_version,"
                + " document_version, revision_sha256, scheduled, started, ended, caught_up,"
                + " missed_ticks, x'' AS steps, received, reason FROM run WHERE execution_id = :id"
                + " AND instance_id BETWEEN :first AND :last")
        .bind("id", executionId)
        .bind("first", first.value())
        .bind("last", last.value())
        .map(ROW)
        .list();
  }

  /** All runs of an execution. */
  public static List<Run> ofExecution(Read read, String executionId) {
    return read.handle()
        .createQuery("SELECT * FROM run WHERE execution_id = :id ORDER BY instance_id")
        .bind("id", executionId)
        .map(ROW)
        .list();
  }

  /** A run, and the number of the write that made it so: those of an execution only grow. */
  public record Changed(Run run, long change) {}

  /** The runs of an execution that were written after a change, in the order of the writes. */
  public static List<Changed> changed(Read read, String executionId, long after, int atMost) {
    return read.handle()
        .createQuery(CHANGED)
        .bind("id", executionId)
        .bind("after", after)
        .bind("limit", atMost)
        .map((row, context) -> new Changed(ROW.map(row, context), row.getLong("change")))
        .list();
  }

  /**
   * Writes what is known of a run, in place of what was known before.
   *
   * @param change the number of this write, {@link #lastChange} and one
   */
  public static void put(Write write, Run run, long change) {
    int _ = put(write, PUT, run, change);
  }

  /** Writes a run, unless there is something known of it; whether it was written. */
  public static boolean add(Write write, Run run, long change) {
    return put(write, ADD, run, change) == 1;
  }

  /** The number of the newest write of a run of an execution; 0 if there was none. */
  public static long lastChange(Read read, String executionId) {
    return Plain.one(
            read.handle(),
            "SELECT COALESCE(MAX(change), 0) FROM run WHERE execution_id = ?",
            row -> row.getLong(1),
            executionId)
        .orElseThrow();
  }

  private static int put(Write write, String sql, Run run, long change) {
    return Plain.changed(
        write.handle(),
        sql,
        run.id,
        run.executionId,
        run.association.value(),
        run.instance.value(),
        run.trigger,
        run.attempt,
        run.startNumber,
        run.spoolEpochNumber,
        run.status.name(),
        run.detailedStatus,
        run.associationVersion,
        run.documentVersion,
        run.revisionSha256,
        Times.millis(run.scheduled),
        Times.millis(run.started),
        Times.millis(run.ended),
        run.caughtUp,
        run.missedTicks,
        run.steps.toByteArray(),
        run.received.toEpochMilli(),
        run.reason,
        change);
  }

  private static Run run(ResultSet row) throws SQLException {
    return new Run(
        row.getString(1),
        row.getString(2),
        new AssociationId(row.getString(3)),
        new InstanceId(row.getString(4)),
        row.getString(5),
        row.getInt(6),
        row.getLong(7),
        row.getLong(8),
        RunStatus.valueOf(row.getString(9)),
        row.getString(10),
        row.getInt(11),
        row.getInt(12),
        row.getString(13),
        Times.maybe(row, 14),
        Times.maybe(row, 15),
        Times.maybe(row, 16),
        row.getBoolean(17),
        row.getInt(18),
        ByteString.copyFrom(row.getBytes(19)),
        Instant.ofEpochMilli(row.getLong(20)),
        row.getString(21));
  }

  /** The newest run of an association on an instance. */
  public static Optional<Current> current(
      Read read, InstanceId instance, AssociationId association) {
    return Plain.one(
        read.handle(),
        "SELECT run_id, status, spool_epoch_number, start_number, last_success FROM current_run"
            + " WHERE instance_id = ? AND association_id = ?",
        row ->
            new Current(
                instance,
                association,
                row.getString(1),
                RunStatus.valueOf(row.getString(2)),
                row.getLong(3),
                row.getLong(4),
                Times.maybe(row, 5)),
        instance.value(),
        association.value());
  }

  /** The newest run of an association on an instance that has ended, by the order of starts. */
  public static Optional<Ended> newestEnded(
      Read read, InstanceId instance, AssociationId association) {
    return Plain.one(
        read.handle(),
        "SELECT spool_epoch_number, start_number, status FROM run WHERE instance_id = ?"
            + " AND association_id = ? AND status NOT IN ('PENDING', 'IN_PROGRESS')"
            + " ORDER BY spool_epoch_number DESC, start_number DESC LIMIT 1",
        row -> new Ended(row.getLong(1), row.getLong(2), RunStatus.valueOf(row.getString(3))),
        instance.value(),
        association.value());
  }

  /** Makes a run the newest. */
  public static void putCurrent(Write write, Current current) {
    Plain.update(
        write.handle(),
        "INSERT OR REPLACE INTO current_run (instance_id, association_id, run_id, status,"
            + " spool_epoch_number, start_number, last_success) VALUES (?, ?, ?, ?, ?, ?, ?)",
        current.instance.value(),
        current.association.value(),
        current.runId,
        current.status.name(),
        current.spoolEpochNumber,
        current.startNumber,
        Times.millis(current.lastSuccess));
  }
}

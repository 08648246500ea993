package dev.holdfast.coordinator.store;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jdbi.v3.core.mapper.RowMapper;

/** Executions: one row a trigger of an association. */
public final class Executions {
  /** One page of an association's executions, in the order of an index. */
  static final String BEHIND =
      "SELECT * FROM execution WHERE association_id = :association AND time <= :time AND"
          + " (time < :time OR position < :position OR (position = :position AND id > :id))"
          + " ORDER BY time DESC, position DESC, id LIMIT :limit";

  /** The newest change of an association, among many ticks. */
  static final String NEWEST_CHANGE =
      "SELECT * FROM execution WHERE association_id = :id AND kind = 'CHANGE' ORDER BY"
          + " position DESC LIMIT 1";

  /** Where instances came into an association, read from an index. */
  static final String ENTERS =
      "SELECT position FROM execution WHERE association_id = :id AND kind = 'ENTER'";

  static final RowMapper<Execution> ROW =
      (row, context) ->
          new Execution(
              row.getString("id"),
              new AssociationId(row.getString("association_id")),
              row.getInt("association_version"),
              Trigger.parse(row.getString("trigger")).orElseThrow(),
              row.getString("cause"),
              Times.of(row, "time"),
              row.getLong("position"),
              row.getString("revision_sha256"),
              Set.copyOf(Json.list(row.getString("instance_ids"))),
              Times.of(row, "not_after"),
              row.getInt("target_count"),
              Times.of(row, "created"),
              Times.maybe(row, "ended"),
              row.getBoolean("amended"),
              Times.maybe(row, "cancelled"),
              row.getBoolean("ignore_calendars"),
              Times.maybe(row, "end_by"),
              new RateControl(
                  number(row, "max_concurrency"),
                  number(row, "max_errors"),
                  row.getInt("errors"),
                  Times.maybe(row, "granted"),
                  Times.maybe(row, "stopped")));

  /** The cause of executions that were made in a history that the store has forgotten. */
  private static final String RECOVERED = "made after the backup from which the store came back";

  private Executions() {}

  private static OptionalInt number(ResultSet row, String column) throws SQLException {
    int value = row.getInt(column);
    return row.wasNull() ? OptionalInt.empty() : OptionalInt.of(value);
  }

  /**
   * An execution's row.
   *
   * @param time a tick's instant, else when it was made
   * @param position of the log when the row was written; of a change or enter: its own
   * @param revisionSha256 in force when it was made; empty if there was none
   * @param instanceIds a manual start cut to these; empty: all members
   * @param cancelled when, for all its targets
   * @param ignoreCalendars a manual start that closed calendars don't hold
   * @param endBy when it is over, whatever it does then; empty: never
   * @param rate its limits, and how it stands with them
   */
  public record Execution(
      String id,
      AssociationId association,
      int associationVersion,
      Trigger trigger,
      String cause,
      Instant time,
      long position,
      String revisionSha256,
      Set<String> instanceIds,
      Instant notAfter,
      int targetCount,
      Instant created,
      Optional<Instant> ended,
      boolean amended,
      Optional<Instant> cancelled,
      boolean ignoreCalendars,
      Optional<Instant> endBy,
      RateControl rate) {

    /** Whether it was written from a report, since the store had forgotten that it was made. */
    public boolean recovered() {
      return cause.equals(RECOVERED);
    }

    /** Whether it is over at a moment, since it lasts no longer. */
    public boolean over(Instant moment) {
      return endBy.filter(end -> !moment.isBefore(end)).isPresent();
    }
  }

  /** A place in the order of an association's executions: by time, then position, then id. */
  public record Place(Instant time, long position, String id) {
    /** Before the newest. */
    public static final Place NEWEST =
        new Place(Instant.ofEpochMilli(Long.MAX_VALUE), Long.MAX_VALUE, "");

    /** That of an execution. */
    public static Place of(Execution execution) {
      return new Place(execution.time, execution.position, execution.id);
    }
  }

  /** Adds a row; one that is there already stays as it is. Whether it was added. */
  public static boolean add(Write write, Execution row) {
    return write
            .handle()
            .createUpdate(
                "INSERT OR IGNORE INTO execution (id, association_id, association_version, trigger,"
                    + " kind, cause, time, position, revision_sha256, instance_ids, not_after,"
                    + " target_count, created, amended, ignore_calendars, end_by, max_concurrency,"
                    + " max_errors) VALUES (:id, :association, :version, :trigger, :kind, :cause,"
                    + " :time, :position, :revision, :instances, :notAfter, :targets, :created, 0,"
                    + " :ignoreCalendars, :endBy, :concurrency, :errors)")
            .bind("id", row.id)
            .bind("association", row.association.value())
            .bind("version", row.associationVersion)
            .bind("trigger", row.trigger.text())
            .bind("kind", row.recovered() ? "RECOVERED" : kind(row.trigger))
            .bind("cause", row.cause)
            .bind("time", row.time.toEpochMilli())
            .bind("position", row.position)
            .bind("revision", row.revisionSha256)
            .bind("instances", Json.write(row.instanceIds.stream().sorted().toList()))
            .bind("notAfter", row.notAfter.toEpochMilli())
            .bind("targets", row.targetCount)
            .bind("created", row.created.toEpochMilli())
            .bind("ignoreCalendars", row.ignoreCalendars)
            .bind("endBy", row.endBy.map(Instant::toEpochMilli).orElse(null))
            .bind("concurrency", row.rate.maxConcurrency().stream().boxed().findFirst())
            .bind("errors", row.rate.maxErrors().stream().boxed().findFirst())
            .execute()
        == 1;
  }

  /**
   * Writes the row of an execution that the store has forgotten, from what became of it on an
   * instance. Nobody is addressed by it: its targets are those who report it.
   */
  public static void recover(Write write, Runs.Run run, Trigger trigger) {
    long position =
        write.append(
            "ExecutionRecovered",
            List.of(run.association().value(), run.executionId()),
            Map.of("trigger", trigger.text()));
    Instant time = run.scheduled().or(run::started).or(run::ended).orElse(write.now());
    add(
        write,
        new Execution(
            run.executionId(),
            run.association(),
            run.associationVersion(),
            trigger,
            RECOVERED,
            time,
            position,
            run.revisionSha256(),
            Set.of(),
            write.now().minusMillis(1),
            0,
            write.now(),
            Optional.empty(),
            false,
            Optional.empty(),
            false,
            Optional.empty(),
            RateControl.NONE));
  }

  /** One by id. */
  public static Optional<Execution> find(Read read, String id) {
    return read.handle()
        .createQuery("SELECT * FROM execution WHERE id = :id")
        .bind("id", id)
        .map(ROW)
        .findOne();
  }

  /** Those of an association, newest first: at most so many behind a place in that order. */
  public static List<Execution> behind(
      Read read, AssociationId association, Place place, int atMost) {
    return read.handle()
        .createQuery(BEHIND)
        .bind("association", association.value())
        .bind("time", place.time.toEpochMilli())
        .bind("position", place.position)
        .bind("id", place.id)
        .bind("limit", atMost)
        .map(ROW)
        .list();
  }

  /** The newest change of an association. */
  public static Optional<Execution> newestChange(Read read, AssociationId association) {
    return read.handle()
        .createQuery(NEWEST_CHANGE)
        .bind("id", association.value())
        .map(ROW)
        .findOne();
  }

  /**
   * The newest change or enter that concerns a member since it came in: the enter at the position
   * at which it did, or a change after that.
   */
  public static Optional<Execution> newestFor(Read read, Memberships.Membership membership) {
    return read.handle()
        .createQuery(
            "SELECT * FROM (SELECT * FROM execution WHERE association_id = :id AND kind = 'CHANGE'"
                + " AND position >= :entered UNION ALL SELECT * FROM execution WHERE association_id"
                + " = :id AND kind = 'ENTER' AND position = :entered) ORDER BY position DESC LIMIT"
                + " 1")
        .bind("id", membership.association().value())
        .bind("entered", membership.enteredPosition())
        .map(ROW)
        .findOne();
  }

  /** Whether a manual start of an association, for this instance alone, waits to be reported. */
  public static boolean waitsFor(
      Read read, AssociationId association, InstanceId instance, Instant now) {
    return read.handle()
        .createQuery(
            "SELECT 1 FROM execution WHERE association_id = :id AND kind = 'MANUAL' AND"
                + " instance_ids <> '[]' AND instance_ids = :only AND not_after >= :now AND"
                + " cancelled IS NULL AND NOT EXISTS (SELECT 1 FROM run WHERE run.execution_id ="
                + " execution.id AND run.instance_id = :instance) LIMIT 1")
        .bind("id", association.value())
        .bind("only", Json.write(List.of(instance.value())))
        .bind("now", now.toEpochMilli())
        .bind("instance", instance.value())
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  /** The positions of an association's enters: at each of them, instances came in. */
  public static Set<Long> enters(Read read, AssociationId association) {
    return new HashSet<>(
        read.handle().createQuery(ENTERS).bind("id", association.value()).mapTo(Long.class).list());
  }

  /**
   * Lets the changes and enters of an association that still wait expire: the last moment at which
   * they may start is the one before this transaction's.
   */
  public static void expire(Write write, AssociationId association) {
    write
        .handle()
        .createUpdate(
            "UPDATE execution SET not_after = :now - 1 WHERE association_id = :id AND kind IN"
                + " ('CHANGE', 'ENTER') AND not_after >= :now")
        .bind("id", association.value())
        .bind("now", write.now().toEpochMilli())
        .execute();
  }

  /** Those of an association that are no ticks, the newest first, not older than a moment. */
  public static List<Execution> made(Read read, AssociationId association, Instant since) {
    return read.handle()
        .createQuery(
            "SELECT * FROM execution WHERE association_id = :id AND kind <> 'TICK' AND kind"
                + " <> 'RECOVERED' AND created >= :since ORDER BY position DESC")
        .bind("id", association.value())
        .bind("since", since.toEpochMilli())
        .map(ROW)
        .list();
  }

  /**
   * Another of its targets reported an end. It has ended once all have; a report after that amends
   * it.
   *
   * @return whether it has ended by this report
   */
  public static boolean reported(Write write, String id) {
    return Plain.one(
            write.handle(),
            "UPDATE execution SET reported = reported + 1, amended = CASE WHEN ended IS NULL THEN"
                + " amended ELSE 1 END, ended = COALESCE(ended, CASE WHEN reported + 1 >="
                + " target_count THEN ? END) WHERE id = ? RETURNING amended = 0 AND ended IS NOT"
                + " NULL",
            row -> row.getBoolean(1),
            write.now().toEpochMilli(),
            id)
        .orElseThrow();
  }

  /** One reports whom its trigger did not address: that makes it a target. */
  public static void addTarget(Write write, String id) {
    write
        .handle()
        .createUpdate("UPDATE execution SET target_count = target_count + 1 WHERE id = :id")
        .bind("id", id)
        .execute();
  }

  /** Notes that a report came after it had ended. */
  public static void amend(Write write, String id) {
    write
        .handle()
        .createUpdate("UPDATE execution SET amended = 1 WHERE id = :id")
        .bind("id", id)
        .execute();
  }

  /**
   * The newest tick of an association that has a row and is not after a moment: an instance whose
   * clock is ahead reports ticks that are still to come.
   */
  public static Optional<Instant> newestTick(Read read, AssociationId association, Instant until) {
    return read.handle()
        .createQuery(
            "SELECT time FROM execution WHERE association_id = :id AND kind = 'TICK' AND time <="
                + " :until ORDER BY time DESC LIMIT 1")
        .bind("id", association.value())
        .bind("until", until.toEpochMilli())
        .map((row, context) -> Times.of(row, "time"))
        .findOne();
  }

  private static String kind(Trigger trigger) {
    return switch (trigger) {
      case Trigger.Tick _ -> "TICK";
      case Trigger.Change _ -> "CHANGE";
      case Trigger.Enter _ -> "ENTER";
      case Trigger.Manual _ -> "MANUAL";
    };
  }
}

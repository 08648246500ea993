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
import org.jspecify.annotations.Nullable;

/** Executions: one row a trigger of an association. */
public final class Executions {
  /** One page of an association's executions, in the order of an index. */
  static final String BEHIND =
      "SELECT * FROM execution WHERE association_id = ?1 AND time <= ?2 AND"
          + " (time < ?2 OR position < ?3 OR (position = ?3 AND id > ?4))"
          + " ORDER BY time DESC, position DESC, id LIMIT ?5";

  /** The newest change of an association, among many ticks. */
  static final String NEWEST_CHANGE =
      "SELECT * FROM execution WHERE association_id = ? AND kind = 'CHANGE' ORDER BY"
          + " position DESC LIMIT 1";

  /** Where instances came into an association, read from an index. */
  static final String ENTERS =
      "SELECT position FROM execution WHERE association_id = ? AND kind = 'ENTER'";

  static final RowMapper<Execution> ROW = (row, context) -> execution(row);

  /** The cause of executions that were made in a history that the store has forgotten. */
  private static final String RECOVERED = "made after the backup from which the store came back";

  private Executions() {}

  /** Of a row that begins with all columns, in the order in which the table has them. */
  static Execution execution(ResultSet row) throws SQLException {
    String instances = row.getString(10);
    return new Execution(
        row.getString(1),
        new AssociationId(row.getString(2)),
        row.getInt(3),
        Trigger.parse(row.getString(4)).orElseThrow(),
        row.getString(6),
        Instant.ofEpochMilli(row.getLong(7)),
        row.getLong(8),
        row.getString(9),
        instances.equals("[]") ? Set.of() : Set.copyOf(Json.list(instances)),
        Instant.ofEpochMilli(row.getLong(11)),
        row.getInt(12),
        Instant.ofEpochMilli(row.getLong(14)),
        Times.maybe(row, 15),
        row.getBoolean(16),
        Times.maybe(row, 17),
        row.getBoolean(18),
        Times.maybe(row, 19),
        new RateControl(
            number(row, 20),
            number(row, 21),
            row.getInt(22),
            Times.maybe(row, 23),
            Times.maybe(row, 24)));
  }

  private static @Nullable Integer number(OptionalInt value) {
    return value.isPresent() ? (Integer) value.getAsInt() : null;
  }

  static OptionalInt number(ResultSet row, int column) throws SQLException {
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

  /**
   * How far an execution has come.
   *
   * @param targets how many it has
   * @param reported how many of them reported an end
   * @param amended whether a report came after it had ended
   * @param ended when all had reported an end
   */
  public record Progress(int targets, int reported, boolean amended, Optional<Instant> ended) {
    /** One reports whom its trigger did not address: that makes it a target. */
    public Progress withTarget() {
      return new Progress(targets + 1, reported, amended, ended);
    }

    /** A report came after it had ended. */
    public Progress amend() {
      return new Progress(targets, reported, true, ended);
    }

    /**
     * Another of its targets reported an end. It has ended once all have; a report after that
     * amends it.
     */
    public Progress withEnd(Instant now) {
      return new Progress(
          targets,
          reported + 1,
          amended || ended.isPresent(),
          ended.or(() -> reported + 1 >= targets ? Optional.of(now) : Optional.empty()));
    }

    /** Whether it has ended, and nothing was amended since. */
    public boolean endedAsItWas() {
      return ended.isPresent() && !amended;
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
    return Plain.changed(
            write.handle(),
            "INSERT OR IGNORE INTO execution (id, association_id, association_version, trigger,"
                + " kind, cause, time, position, revision_sha256, instance_ids, not_after,"
                + " target_count, created, amended, ignore_calendars, end_by, max_concurrency,"
                + " max_errors) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?)",
            row.id,
            row.association.value(),
            row.associationVersion,
            row.trigger.text(),
            row.recovered() ? "RECOVERED" : kind(row.trigger),
            row.cause,
            row.time.toEpochMilli(),
            row.position,
            row.revisionSha256,
            Json.write(row.instanceIds.stream().sorted().toList()),
            row.notAfter.toEpochMilli(),
            row.targetCount,
            row.created.toEpochMilli(),
            row.ignoreCalendars,
            Times.millis(row.endBy),
            number(row.rate.maxConcurrency()),
            number(row.rate.maxErrors()))
        == 1;
  }

  /**
   * Writes the row of an execution that the store has forgotten, from what became of it on an
   * instance. Nobody is addressed by it: its targets are those who report it.
   */
  public static Execution recover(Write write, Runs.Run run, Trigger trigger) {
    long position =
        write.append(
            "ExecutionRecovered",
            List.of(run.association().value(), run.executionId()),
            Map.of("trigger", trigger.text()));
    Instant time = run.scheduled().or(run::started).or(run::ended).orElse(write.now());
    Execution row =
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
            RateControl.NONE);
    boolean _ = add(write, row);
    return row;
  }

  /** One by id. */
  public static Optional<Execution> find(Read read, String id) {
    return Plain.one(
        read.handle(), "SELECT * FROM execution WHERE id = ?", Executions::execution, id);
  }

  /** Those of an association, newest first: at most so many behind a place in that order. */
  public static List<Execution> behind(
      Read read, AssociationId association, Place place, int atMost) {
    return Plain.list(
        read.handle(),
        BEHIND,
        Executions::execution,
        association.value(),
        place.time.toEpochMilli(),
        place.position,
        place.id,
        atMost);
  }

  /** The newest change of an association. */
  public static Optional<Execution> newestChange(Read read, AssociationId association) {
    return Plain.one(read.handle(), NEWEST_CHANGE, Executions::execution, association.value());
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
        Plain.list(read.handle(), ENTERS, row -> row.getLong(1), association.value()));
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

  /** How far one has come; empty if there is none. */
  public static Optional<Progress> progress(Read read, String id) {
    return Plain.one(
        read.handle(),
        "SELECT target_count, reported, amended, ended FROM execution WHERE id = ?",
        row -> new Progress(row.getInt(1), row.getInt(2), row.getBoolean(3), Times.maybe(row, 4)),
        id);
  }

  /** Writes how far one has come. */
  public static void put(Write write, String id, Progress progress) {
    Plain.update(
        write.handle(),
        "UPDATE execution SET target_count = ?, reported = ?, amended = ?, ended = ? WHERE id = ?",
        progress.targets,
        progress.reported,
        progress.amended,
        Times.millis(progress.ended),
        id);
  }

  /**
   * The newest tick of an association that has a row and is not after a moment: an instance whose
   * clock is ahead reports ticks that are still to come.
   */
  public static Optional<Instant> newestTick(Read read, AssociationId association, Instant until) {
    return Plain.one(
        read.handle(),
        "SELECT time FROM execution WHERE association_id = ? AND kind = 'TICK' AND time <= ? ORDER"
            + " BY time DESC LIMIT 1",
        row -> Instant.ofEpochMilli(row.getLong(1)),
        association.value(),
        until.toEpochMilli());
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

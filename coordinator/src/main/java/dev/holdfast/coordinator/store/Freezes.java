package dev.holdfast.coordinator.store;

import dev.holdfast.assignment.Freeze;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Times in which nothing starts by itself, those of the past too. */
public final class Freezes {
  /** Of the past, so many are looked at: the newest. */
  static final int MAX_LOOKED_AT = 1_000;

  private Freezes() {}

  /** Of a row that has all columns, in the order in which the table has them. */
  private static Row row(ResultSet row) throws SQLException {
    return new Row(
        new Freeze(
            Instant.ofEpochMilli(row.getLong(2)),
            Times.maybe(row, 3),
            row.getString(4),
            row.getString(5)),
        Times.maybe(row, 6));
  }

  /**
   * A freeze as it was set.
   *
   * @param ended when somebody ended it, or set another in its place; empty: nobody did
   */
  public record Row(Freeze freeze, Optional<Instant> ended) {
    /** Whether a moment lay in it. */
    public boolean covered(Instant moment) {
      return freeze.covers(moment) && ended.filter(end -> !moment.isBefore(end)).isEmpty();
    }
  }

  /** The newest, if nobody ended it; its time may be over. */
  public static Optional<Freeze> current(Read read) {
    return Plain.one(
            read.handle(), "SELECT * FROM freeze ORDER BY position DESC LIMIT 1", Freezes::row)
        .filter(row -> row.ended.isEmpty())
        .map(Row::freeze);
  }

  /** The newest of all that there ever were, newest first. */
  public static List<Row> all(Read read) {
    return Plain.list(
        read.handle(),
        "SELECT * FROM freeze ORDER BY position DESC LIMIT ?",
        Freezes::row,
        MAX_LOOKED_AT);
  }

  /** Ends the one that lasts, if one does, at this transaction's moment. */
  public static void end(Write write) {
    write
        .handle()
        .createUpdate("UPDATE freeze SET ended = :now WHERE ended IS NULL")
        .bind("now", write.now().toEpochMilli())
        .execute();
  }

  /** Writes one, set by the newest event. */
  public static void add(Write write, Freeze freeze) {
    write
        .handle()
        .createUpdate(
            "INSERT INTO freeze (position, from_time, until, reason, who) VALUES (:position, :from,"
                + " :until, :reason, :who)")
        .bind("position", write.position())
        .bind("from", freeze.from().toEpochMilli())
        .bind("until", freeze.until().map(Instant::toEpochMilli).orElse(null))
        .bind("reason", freeze.reason())
        .bind("who", freeze.who())
        .execute();
  }
}

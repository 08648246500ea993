package dev.holdfast.coordinator.store;

import dev.holdfast.assignment.Freeze;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;

/** Times in which nothing starts by itself, those of the past too. */
public final class Freezes {
  /** Of the past, so many are looked at: the newest. */
  static final int MAX_LOOKED_AT = 1_000;

  private static final RowMapper<Row> ROW =
      (row, context) ->
          new Row(
              new Freeze(
                  Times.of(row, "from_time"),
                  Times.maybe(row, "until"),
                  row.getString("reason"),
                  row.getString("who")),
              Times.maybe(row, "ended"));

  private Freezes() {}

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
    return read.handle()
        .createQuery("SELECT * FROM freeze ORDER BY position DESC LIMIT 1")
        .map(ROW)
        .findOne()
        .filter(row -> row.ended.isEmpty())
        .map(Row::freeze);
  }

  /** The newest of all that there ever were, newest first. */
  public static List<Row> all(Read read) {
    return read.handle()
        .createQuery("SELECT * FROM freeze ORDER BY position DESC LIMIT :limit")
        .bind("limit", MAX_LOOKED_AT)
        .map(ROW)
        .list();
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

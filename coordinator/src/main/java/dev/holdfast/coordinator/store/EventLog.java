package dev.holdfast.coordinator.store;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Reads the log. */
public final class EventLog {
  private EventLog() {}

  /** A fact in the log: a hint where to look, never what to do. */
  public record Event(
      long position,
      long epoch,
      Instant time,
      String type,
      List<String> resources,
      Map<String, String> detail) {}

  /** Events after a position, oldest first. */
  public static List<Event> after(Read read, long position, int atMost) {
    return read.handle()
        .createQuery(
            "SELECT position, epoch, time, type, resources, detail FROM log"
                + " WHERE position > :position ORDER BY position LIMIT :limit")
        .bind("position", position)
        .bind("limit", atMost)
        .map(
            (row, context) ->
                new Event(
                    row.getLong("position"),
                    row.getLong("epoch"),
                    Instant.ofEpochMilli(row.getLong("time")),
                    row.getString("type"),
                    Json.list(row.getString("resources")),
                    Json.map(row.getString("detail"))))
        .list();
  }

  /** The position of the newest event in this view of the rows; 0 if none was ever written. */
  public static long newest(Read read) {
    return read.handle()
        .createQuery("SELECT COALESCE(MAX(position), 0) FROM main.log")
        .mapTo(Long.class)
        .one();
  }

  /** The position of the oldest event that is kept, seen or not; 1 if none was ever written. */
  public static long oldest(Read read) {
    return read.handle()
        .createQuery("SELECT COALESCE(MIN(position), 1) FROM main.log")
        .mapTo(Long.class)
        .one();
  }
}

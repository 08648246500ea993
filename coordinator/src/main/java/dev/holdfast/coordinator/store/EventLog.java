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
    return Plain.list(
        read.handle(),
        "SELECT position, epoch, time, type, resources, detail FROM log WHERE position > ? ORDER BY"
            + " position LIMIT ?",
        row ->
            new Event(
                row.getLong(1),
                row.getLong(2),
                Instant.ofEpochMilli(row.getLong(3)),
                row.getString(4),
                Json.list(row.getString(5)),
                Json.map(row.getString(6))),
        position,
        atMost);
  }

  /** The position of the newest event in this view of the rows; 0 if none was ever written. */
  public static long newest(Read read) {
    return Plain.one(
            read.handle(), "SELECT COALESCE(MAX(position), 0) FROM main.log", row -> row.getLong(1))
        .orElseThrow();
  }

  /** The position of the oldest event that is kept, seen or not; 1 if none was ever written. */
  public static long oldest(Read read) {
    return Plain.one(
            read.handle(), "SELECT COALESCE(MIN(position), 1) FROM main.log", row -> row.getLong(1))
        .orElseThrow();
  }
}

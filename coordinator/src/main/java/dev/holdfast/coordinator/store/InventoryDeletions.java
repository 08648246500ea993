package dev.holdfast.coordinator.store;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.mapper.RowMapper;

/** Deletions of custom inventory types, and how far each has come. */
public final class InventoryDeletions {
  private static final RowMapper<Deletion> ROW =
      (row, context) ->
          new Deletion(
              row.getString("id"),
              row.getString("type"),
              Times.of(row, "started"),
              Times.of(row, "updated"),
              Times.maybe(row, "ended"),
              row.getString("after_instance"),
              counts(row.getString("summary")),
              counts(row.getString("remaining")));

  private InventoryDeletions() {}

  /**
   * A deletion.
   *
   * @param afterInstance up to here all rows are gone
   * @param summary how many instances had the type when it began, by schema version
   * @param remaining how many of these are still to be deleted
   */
  public record Deletion(
      String id,
      String type,
      Instant started,
      Instant updated,
      Optional<Instant> ended,
      String afterInstance,
      Map<String, Integer> summary,
      Map<String, Integer> remaining) {
    /** Copies. */
    public Deletion {
      summary = Map.copyOf(summary);
      remaining = Map.copyOf(remaining);
    }
  }

  /** Writes one, in place of what was known of it before. */
  public static void put(Write write, Deletion row) {
    write
        .handle()
        .createUpdate(
            "INSERT OR REPLACE INTO inventory_deletion (id, type, started, updated, ended,"
                + " after_instance, summary, remaining) VALUES (:id, :type, :started, :updated,"
                + " :ended, :after, :summary, :remaining)")
        .bind("id", row.id)
        .bind("type", row.type)
        .bind("started", row.started.toEpochMilli())
        .bind("updated", row.updated.toEpochMilli())
        .bind("ended", row.ended.map(Instant::toEpochMilli).orElse(null))
        .bind("after", row.afterInstance)
        .bind("summary", text(row.summary))
        .bind("remaining", text(row.remaining))
        .execute();
  }

  /** One. */
  public static Optional<Deletion> find(Read read, String id) {
    return read.handle()
        .createQuery("SELECT * FROM inventory_deletion WHERE id = :id")
        .bind("id", id)
        .map(ROW)
        .findOne();
  }

  /** The oldest that has not ended. */
  public static Optional<Deletion> open(Read read) {
    return read.handle()
        .createQuery(
            "SELECT * FROM inventory_deletion WHERE ended IS NULL ORDER BY started, id LIMIT 1")
        .map(ROW)
        .findOne();
  }

  /** In the order in which they began, after one. */
  public static List<Deletion> list(Read read, Instant afterStarted, String afterId, int atMost) {
    return read.handle()
        .createQuery(
            "SELECT * FROM inventory_deletion WHERE (started, id) > (:started, :id) ORDER BY"
                + " started, id LIMIT :limit")
        .bind("started", afterStarted.toEpochMilli())
        .bind("id", afterId)
        .bind("limit", atMost)
        .map(ROW)
        .list();
  }

  /** Forgets those that ended before a time; how many. */
  public static int deleteEndedBefore(Write write, Instant time, int atMost) {
    return write
        .handle()
        .createUpdate(
            "DELETE FROM inventory_deletion WHERE id IN (SELECT id FROM inventory_deletion WHERE"
                + " ended < :time ORDER BY started LIMIT :limit)")
        .bind("time", time.toEpochMilli())
        .bind("limit", atMost)
        .execute();
  }

  private static String text(Map<String, Integer> counts) {
    Map<String, String> texts = new TreeMap<>();
    counts.forEach((version, count) -> texts.put(version, Integer.toString(count)));
    return Json.write(texts);
  }

  private static Map<String, Integer> counts(String text) {
    Map<String, Integer> counts = new TreeMap<>();
    Json.map(text).forEach((version, count) -> counts.put(version, Integer.valueOf(count)));
    return counts;
  }
}

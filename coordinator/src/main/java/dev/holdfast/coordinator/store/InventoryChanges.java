package dev.holdfast.coordinator.store;

import dev.holdfast.association.InstanceId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.PreparedBatch;

/** What appeared, changed and went in the inventory of instances. */
public final class InventoryChanges {
  private static final RowMapper<Change> ROW =
      (row, context) ->
          new Change(
              row.getLong("id"),
              Times.of(row, "time"),
              new InstanceId(row.getString("instance_id")),
              row.getString("type"),
              item(row.getObject("before_item"), row.getBytes("before_own")),
              item(row.getObject("after_item"), row.getBytes("after_own")));

  private InventoryChanges() {}

  /**
   * An item as an instance had it.
   *
   * @param own what is that instance's own of it, packed as an item's attributes; not to be changed
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Had(int item, byte[] own) {}

  /**
   * A change; what was added has no before, what was removed no after.
   *
   * @param id counts the changes of all instances; 0 if it is not stored yet
   * @param time when it was stored
   */
  public record Change(
      long id,
      Instant time,
      InstanceId instance,
      String type,
      Optional<Had> before,
      Optional<Had> after) {}

  /** A place in the order of changes, by time and then by id. */
  public record Place(Instant time, long id) {
    /** Before all that happen from a time on. */
    public static Place before(Instant time) {
      return new Place(time, 0);
    }
  }

  /**
   * Adds changes of one instance, and drops its oldest if there are more than are kept.
   *
   * @param kept how many of an instance are kept
   */
  public static void add(Write write, InstanceId instance, List<Change> changes, int kept) {
    if (changes.isEmpty()) {
      return;
    }
    PreparedBatch batch =
        write
            .handle()
            .prepareBatch(
                "INSERT INTO inventory_change (time, instance_id, type, before_item, before_own,"
                    + " after_item, after_own) VALUES (:time, :instance, :type, :before,"
                    + " :beforeown, :after, :afterown)");
    for (Change change : changes) {
      batch
          .bind("time", write.now().toEpochMilli())
          .bind("instance", instance.value())
          .bind("type", change.type)
          .bind("before", change.before.map(Had::item).orElse(null))
          .bind("beforeown", change.before.map(Had::own).orElse(new byte[0]))
          .bind("after", change.after.map(Had::item).orElse(null))
          .bind("afterown", change.after.map(Had::own).orElse(new byte[0]))
          .add();
    }
    batch.execute();
    write
        .handle()
        .createUpdate(
            "DELETE FROM inventory_change WHERE instance_id = :instance AND id <= (SELECT id FROM"
                + " inventory_change WHERE instance_id = :instance ORDER BY id DESC LIMIT 1 OFFSET"
                + " :kept)")
        .bind("instance", instance.value())
        .bind("kept", kept)
        .execute();
  }

  /**
   * Changes in the order of their time, after a place in it.
   *
   * @param until those of that moment and later are not in it
   */
  public static List<Change> list(Read read, Place after, Instant until, int atMost) {
    return read.handle()
        .createQuery(
            "SELECT * FROM inventory_change WHERE (time, id) > (:time, :id) AND time < :until ORDER"
                + " BY time, id LIMIT :limit")
        .bind("time", after.time.toEpochMilli())
        .bind("id", after.id)
        .bind("until", until.toEpochMilli())
        .bind("limit", atMost)
        .map(ROW)
        .list();
  }

  /** The same of one instance, in the order in which they were stored, after an id. */
  public static List<Change> of(Read read, InstanceId instance, long afterId, int atMost) {
    return read.handle()
        .createQuery(
            "SELECT * FROM inventory_change WHERE instance_id = :instance AND id > :id ORDER BY id"
                + " LIMIT :limit")
        .bind("instance", instance.value())
        .bind("id", afterId)
        .bind("limit", atMost)
        .map(ROW)
        .list();
  }

  /** Deletes the oldest changes before a time; how many. */
  public static int deleteBefore(Write write, Instant time, int atMost) {
    return write
        .handle()
        .createUpdate(
            "DELETE FROM inventory_change WHERE id IN (SELECT id FROM inventory_change WHERE time <"
                + " :time ORDER BY time, id LIMIT :limit)")
        .bind("time", time.toEpochMilli())
        .bind("limit", atMost)
        .execute();
  }

  /** Deletes the changes of one instance; how many. */
  public static int deleteOf(Write write, InstanceId instance, int atMost) {
    return write
        .handle()
        .createUpdate(
            "DELETE FROM inventory_change WHERE id IN (SELECT id FROM inventory_change WHERE"
                + " instance_id = :instance ORDER BY id LIMIT :limit)")
        .bind("instance", instance.value())
        .bind("limit", atMost)
        .execute();
  }

  /** How many are stored. */
  public static long count(Read read) {
    return read.handle()
        .createQuery("SELECT COUNT(*) FROM inventory_change")
        .mapTo(Long.class)
        .one();
  }

  private static Optional<Had> item(Object number, byte[] own) {
    OptionalInt item =
        number instanceof Number some ? OptionalInt.of(some.intValue()) : OptionalInt.empty();
    return item.isPresent() ? Optional.of(new Had(item.getAsInt(), own)) : Optional.empty();
  }
}

package dev.holdfast.coordinator.store;

import dev.holdfast.association.InstanceId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.mapper.RowMapper;

/**
 * What is installed on instances: a row a type, with the numbers of its items. The items themselves
 * are in {@link InventoryItems}, each once for all instances.
 */
public final class Inventories {
  private static final RowMapper<Inventory> ROW =
      (row, context) ->
          new Inventory(
              new InstanceId(row.getString("instance_id")),
              row.getString("type"),
              row.getString("schema_version"),
              Times.of(row, "captured"),
              row.getString("content_hash"),
              row.getInt("bytes"),
              row.getBytes("entries"));

  private Inventories() {}

  /**
   * One type of one instance.
   *
   * @param captured by the instance's clock
   * @param contentHash as {@code dev.holdfast.inventory.Items} computes it, in hex
   * @param bytes what the attributes of its items take, shared ones each time
   * @param entries the numbers of its items and what is the instance's own of each, packed; not to
   *     be changed
   */
  @SuppressWarnings("ArrayRecordComponent") // kilobytes, and never compared
  public record Inventory(
      InstanceId instance,
      String type,
      String schemaVersion,
      Instant captured,
      String contentHash,
      int bytes,
      byte[] entries) {}

  /** Takes the entries of one row; the bytes are the taker's. */
  @FunctionalInterface
  public interface EachEntries {
    /** One row. */
    void take(String instance, String type, byte[] entries);
  }

  /** Writes a type, in place of what was known of it before. */
  public static void put(Write write, Inventory row) {
    write
        .handle()
        .createUpdate(
            "INSERT INTO inventory (instance_id, type, schema_version, captured, content_hash,"
                + " bytes, entries) VALUES (:instance, :type, :schema, :captured, :hash, :bytes,"
                + " :entries) ON CONFLICT (instance_id, type) DO UPDATE SET schema_version ="
                + " excluded.schema_version, captured = excluded.captured, content_hash ="
                + " excluded.content_hash, bytes = excluded.bytes, entries = excluded.entries")
        .bind("instance", row.instance.value())
        .bind("type", row.type)
        .bind("schema", row.schemaVersion)
        .bind("captured", row.captured.toEpochMilli())
        .bind("hash", row.contentHash)
        .bind("bytes", row.bytes)
        .bind("entries", row.entries)
        .execute();
  }

  /** The content did not change; it was looked at again. */
  public static void refresh(Write write, InstanceId instance, String type, Instant captured) {
    write
        .handle()
        .createUpdate(
            "UPDATE inventory SET captured = :captured WHERE instance_id = :instance AND type ="
                + " :type")
        .bind("captured", captured.toEpochMilli())
        .bind("instance", instance.value())
        .bind("type", type)
        .execute();
  }

  /** One type of one instance. */
  public static Optional<Inventory> find(Read read, InstanceId instance, String type) {
    return read.handle()
        .createQuery("SELECT * FROM inventory WHERE instance_id = :instance AND type = :type")
        .bind("instance", instance.value())
        .bind("type", type)
        .map(ROW)
        .findOne();
  }

  /** The types that are known of an instance, sorted. */
  public static List<String> types(Read read, InstanceId instance) {
    return read.handle()
        .createQuery("SELECT type FROM inventory WHERE instance_id = :instance ORDER BY type")
        .bind("instance", instance.value())
        .mapTo(String.class)
        .list();
  }

  /** All types of an instance, sorted. */
  public static List<Inventory> of(Read read, InstanceId instance, int atMost) {
    return read.handle()
        .createQuery(
            "SELECT * FROM inventory WHERE instance_id = :instance ORDER BY type LIMIT :limit")
        .bind("instance", instance.value())
        .bind("limit", atMost)
        .map(ROW)
        .list();
  }

  /** Hands over the entries of every row of whoever may connect, in the order of instances. */
  public static void entries(Read read, EachEntries each) {
    read.handle()
        .createQuery("SELECT instance_id, type, entries FROM inventory ORDER BY instance_id, type")
        .map(
            (row, context) -> {
              each.take(row.getString(1), row.getString(2), row.getBytes(3));
              return true;
            })
        .useStream(rows -> rows.forEach(_ -> {}));
  }

  /** Rows of one type, by instance, after one. */
  public static List<Inventory> ofType(Read read, String type, String afterInstance, int atMost) {
    return read.handle()
        .createQuery(
            "SELECT * FROM inventory WHERE type = :type AND instance_id > :after ORDER BY"
                + " instance_id LIMIT :limit")
        .bind("type", type)
        .bind("after", afterInstance)
        .bind("limit", atMost)
        .map(ROW)
        .list();
  }

  /** How many instances have a type, by its schema version. */
  public static Map<String, Integer> versions(Read read, String type) {
    Map<String, Integer> versions = new TreeMap<>();
    read.handle()
        .createQuery(
            "SELECT schema_version, COUNT(*) AS instances FROM inventory WHERE type = :type GROUP"
                + " BY schema_version")
        .bind("type", type)
        .map((row, context) -> Map.entry(row.getString(1), row.getInt(2)))
        .forEach(version -> versions.put(version.getKey(), version.getValue()));
    return versions;
  }

  /** The types that any instance has, each with one that has it; sorted by type. */
  public static Map<String, String> allTypes(Read read) {
    Map<String, String> types = new TreeMap<>();
    String after = "";
    while (true) { // a step to the next type, not to the next row
      Optional<Map.Entry<String, String>> next =
          read.handle()
              .createQuery(
                  "SELECT type, schema_version FROM inventory WHERE type > :after ORDER BY type"
                      + " LIMIT 1")
              .bind("after", after)
              .map((row, context) -> Map.entry(row.getString(1), row.getString(2)))
              .findOne();
      if (next.isEmpty()) {
        return types;
      }
      types.put(next.get().getKey(), next.get().getValue());
      after = next.get().getKey();
    }
  }

  /** Deletes one type of one instance. */
  public static void delete(Write write, InstanceId instance, String type) {
    write
        .handle()
        .createUpdate("DELETE FROM inventory WHERE instance_id = :instance AND type = :type")
        .bind("instance", instance.value())
        .bind("type", type)
        .execute();
  }

  /** An instance is deregistered: what is known of it is deleted later, and not shown any more. */
  static void leave(Write write, InstanceId instance) {
    write
        .handle()
        .createUpdate("INSERT OR IGNORE INTO inventory_leaving (instance_id) VALUES (:instance)")
        .bind("instance", instance.value())
        .execute();
  }

  /** Instances that are deregistered and whose inventory is not yet deleted. */
  public static List<InstanceId> leaving(Read read, int atMost) {
    return read.handle()
        .createQuery("SELECT instance_id FROM inventory_leaving ORDER BY instance_id LIMIT :limit")
        .bind("limit", atMost)
        .map((row, context) -> new InstanceId(row.getString(1)))
        .list();
  }

  /** The inventory of a deregistered instance is deleted. */
  public static void left(Write write, InstanceId instance) {
    write
        .handle()
        .createUpdate("DELETE FROM inventory_leaving WHERE instance_id = :instance")
        .bind("instance", instance.value())
        .execute();
  }

  /** The schema version up to which a type is not stored; empty if it is stored. */
  public static Optional<String> disabled(Read read, String type) {
    return read.handle()
        .createQuery("SELECT schema_version FROM inventory_disabled WHERE type = :type")
        .bind("type", type)
        .mapTo(String.class)
        .findOne();
  }

  /** Stores nothing of a type up to a schema version. */
  public static void disable(Write write, String type, String schemaVersion) {
    write
        .handle()
        .createUpdate(
            "INSERT OR REPLACE INTO inventory_disabled (type, schema_version) VALUES (:type,"
                + " :version)")
        .bind("type", type)
        .bind("version", schemaVersion)
        .execute();
  }

  /** Stores a type again, whatever its schema version. */
  public static void enable(Write write, String type) {
    write
        .handle()
        .createUpdate("DELETE FROM inventory_disabled WHERE type = :type")
        .bind("type", type)
        .execute();
  }
}

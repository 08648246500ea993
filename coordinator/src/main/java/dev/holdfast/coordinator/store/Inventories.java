package dev.holdfast.coordinator.store;

import com.google.protobuf.ByteString;
import dev.holdfast.association.InstanceId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.mapper.RowMapper;

/** What is installed on instances: one row a type, its items packed as they were sent. */
public final class Inventories {
  private static final RowMapper<Inventory> ROW =
      (row, context) ->
          new Inventory(
              new InstanceId(row.getString("instance_id")),
              row.getString("type"),
              row.getString("schema_version"),
              Times.of(row, "captured"),
              row.getString("content_hash"),
              ByteString.copyFrom(row.getBytes("content")));

  private Inventories() {}

  /**
   * All items of one type on one instance.
   *
   * @param captured by the instance's clock
   * @param contentHash as the instance computed it
   * @param content gzip of {@code holdfast.agent.v1.InventoryContent}
   */
  public record Inventory(
      InstanceId instance,
      String type,
      String schemaVersion,
      Instant captured,
      String contentHash,
      ByteString content) {}

  /** Writes a type, in place of what was known of it before. */
  public static void put(Write write, Inventory row) {
    write
        .handle()
        .createUpdate(
            "INSERT OR REPLACE INTO inventory (instance_id, type, schema_version, captured,"
                + " content_hash, content) VALUES (:instance, :type, :schema, :captured, :hash,"
                + " :content)")
        .bind("instance", row.instance.value())
        .bind("type", row.type)
        .bind("schema", row.schemaVersion)
        .bind("captured", row.captured.toEpochMilli())
        .bind("hash", row.contentHash)
        .bind("content", row.content.toByteArray())
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

  /**
   * The types of instances that may connect, in the order of instance and type, after a place in
   * that order.
   *
   * @param instance empty: from the first
   * @param type of that instance; empty: from its first
   * @param types only these; empty: all
   */
  public static List<Inventory> list(
      Read read, String instance, String type, Set<String> types, int atMost) {
    var query =
        read.handle()
            .createQuery(
                "SELECT inventory.* FROM inventory JOIN instance ON instance.id = instance_id AND"
                    + " instance.state = 'ACTIVE' WHERE (instance_id, type) > (:instance, :type)"
                    + (types.isEmpty() ? "" : " AND type IN (<types>)")
                    + " ORDER BY instance_id, type LIMIT :limit")
            .bind("instance", instance)
            .bind("type", type)
            .bind("limit", atMost);
    if (!types.isEmpty()) {
      query.bindList("types", List.copyOf(types));
    }
    return query.map(ROW).list();
  }
}

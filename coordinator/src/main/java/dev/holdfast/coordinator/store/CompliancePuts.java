package dev.holdfast.coordinator.store;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.task.Limits;
import java.time.Instant;
import java.util.Optional;

/** What is remembered of compliance items that people put, beside the items. */
public final class CompliancePuts {
  private CompliancePuts() {}

  /**
   * The newest that was put of a type.
   *
   * @param scope of type Association: the association; else empty
   * @param executionTime as it was put
   * @param contentHash by which the same content is known again; may be empty
   * @param ofHost whether it was put on the host itself
   * @param items how many there were
   */
  public record Put(
      InstanceId instance,
      String type,
      String scope,
      Instant executionTime,
      String contentHash,
      boolean ofHost,
      int items) {}

  /** The newest put of a type. */
  public static Optional<Put> find(Read read, InstanceId instance, String type, String scope) {
    return read.handle()
        .createQuery(
            "SELECT * FROM compliance_put WHERE instance_id = :instance AND type = :type AND scope"
                + " = :scope")
        .bind("instance", instance.value())
        .bind("type", type)
        .bind("scope", scope)
        .map(
            (row, context) ->
                new Put(
                    new InstanceId(row.getString("instance_id")),
                    row.getString("type"),
                    row.getString("scope"),
                    Times.of(row, "execution_time"),
                    row.getString("content_hash"),
                    row.getInt("of_host") != 0,
                    row.getInt("items")))
        .findOne();
  }

  /**
   * Remembers a put. Of those that left nothing only the newest are remembered, {@link
   * Limits#MAX_EMPTY_COMPLIANCE_TYPES} of an instance.
   */
  public static void put(Write write, Put put) {
    write
        .handle()
        .createUpdate(
            "INSERT OR REPLACE INTO compliance_put (instance_id, type, scope, execution_time,"
                + " content_hash, of_host, items) VALUES (:instance, :type, :scope, :executed,"
                + " :hash, :host, :items)")
        .bind("instance", put.instance.value())
        .bind("type", put.type)
        .bind("scope", put.scope)
        .bind("executed", put.executionTime.toEpochMilli())
        .bind("hash", put.contentHash)
        .bind("host", put.ofHost ? 1 : 0)
        .bind("items", put.items)
        .execute();
    if (put.items == 0) {
      write
          .handle()
          .createUpdate(
              "DELETE FROM compliance_put WHERE instance_id = :instance AND items = 0 AND (type,"
                  + " scope) NOT IN (SELECT type, scope FROM compliance_put WHERE instance_id ="
                  + " :instance AND items = 0 ORDER BY execution_time DESC LIMIT :limit)")
          .bind("instance", put.instance.value())
          .bind("limit", Limits.MAX_EMPTY_COMPLIANCE_TYPES)
          .execute();
    }
  }

  /** How many types of their own people have put of an instance that have items now. */
  public static int customTypes(Read read, InstanceId instance) {
    return read.handle()
        .createQuery(
            "SELECT COUNT(*) FROM compliance_resource WHERE instance_id = :instance AND type >="
                + " 'Custom:' AND type < 'Custom;'")
        .bind("instance", instance.value())
        .mapTo(Integer.class)
        .one();
  }

  /** What was put of an association on one instance is forgotten. */
  static void remove(Write write, InstanceId instance, AssociationId association) {
    write
        .handle()
        .createUpdate(
            "DELETE FROM compliance_put WHERE instance_id = :instance AND type = 'Association' AND"
                + " scope = :scope")
        .bind("instance", instance.value())
        .bind("scope", association.value())
        .execute();
  }

  /** What was put of an association is forgotten, on all its members. */
  static void removeAll(Write write, AssociationId association) {
    write
        .handle()
        .createUpdate(
            "DELETE FROM compliance_put WHERE type = 'Association' AND scope = :scope AND"
                + " instance_id IN (SELECT instance_id FROM membership WHERE association_id ="
                + " :scope AND left_position IS NULL)")
        .bind("scope", association.value())
        .execute();
  }

  /** All that was put of an instance is forgotten. */
  static void forget(Write write, InstanceId instance) {
    write
        .handle()
        .createUpdate("DELETE FROM compliance_put WHERE instance_id = :instance")
        .bind("instance", instance.value())
        .execute();
  }
}

package dev.holdfast.coordinator.store;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;

/** Activations. */
public final class Activations {
  private static final RowMapper<Activation> ROW =
      (row, context) ->
          new Activation(
              row.getString("id"),
              row.getString("code_hmac"),
              row.getString("description"),
              row.getString("default_instance_name"),
              row.getInt("registration_limit"),
              row.getInt("registrations"),
              Times.of(row, "expires"),
              Times.of(row, "created"),
              Json.map(row.getString("tags")),
              row.getBoolean("require_approval"),
              Json.list(row.getString("source_cidrs")));

  private Activations() {}

  /** An activation's row. */
  public record Activation(
      String id,
      String codeHmac,
      String description,
      String defaultInstanceName,
      int registrationLimit,
      int registrations,
      Instant expires,
      Instant created,
      Map<String, String> tags,
      boolean requireApproval,
      List<String> sourceCidrs) {}

  /** Adds one. */
  public static void add(Write write, Activation activation) {
    write
        .handle()
        .createUpdate(
            "INSERT INTO activation (id, code_hmac, description, default_instance_name,"
                + " registration_limit, registrations, expires, created, tags, require_approval,"
                + " source_cidrs, deleted) VALUES (:id, :code, :description, :name, :limit, 0,"
                + " :expires, :created, :tags, :approval, :cidrs, 0)")
        .bind("id", activation.id())
        .bind("code", activation.codeHmac())
        .bind("description", activation.description())
        .bind("name", activation.defaultInstanceName())
        .bind("limit", activation.registrationLimit())
        .bind("expires", activation.expires().toEpochMilli())
        .bind("created", activation.created().toEpochMilli())
        .bind("tags", Json.write(activation.tags()))
        .bind("approval", activation.requireApproval())
        .bind("cidrs", Json.write(activation.sourceCidrs()))
        .execute();
  }

  /** One that is not deleted. */
  public static Optional<Activation> find(Read read, String id) {
    return read.handle()
        .createQuery("SELECT * FROM activation WHERE id = :id AND deleted = 0")
        .bind("id", id)
        .map(ROW)
        .findOne();
  }

  /** Those not deleted, by id, after one. */
  public static List<Activation> list(Read read, String after, int atMost) {
    return read.handle()
        .createQuery(
            "SELECT * FROM activation WHERE deleted = 0 AND id > :after ORDER BY id LIMIT :limit")
        .bind("after", after)
        .bind("limit", atMost)
        .map(ROW)
        .list();
  }

  /** Takes one use of it, if there is one left and it has not expired. */
  public static boolean take(Write write, String id) {
    return write
            .handle()
            .createUpdate(
                "UPDATE activation SET registrations = registrations + 1 WHERE id = :id AND deleted"
                    + " = 0 AND registrations < registration_limit AND expires > :now")
            .bind("id", id)
            .bind("now", write.now().toEpochMilli())
            .execute()
        == 1;
  }

  /** Deletes one; whether there was one. */
  public static boolean delete(Write write, String id) {
    return write
            .handle()
            .createUpdate("UPDATE activation SET deleted = 1 WHERE id = :id AND deleted = 0")
            .bind("id", id)
            .execute()
        == 1;
  }
}

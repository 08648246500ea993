package dev.holdfast.coordinator.store;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;

/** Groups of instances: queries by name. */
public final class InstanceGroups {
  private static final RowMapper<Group> ROW =
      (row, context) ->
          new Group(
              row.getString("name"),
              ByteString.copyFrom(row.getBytes("content")),
              Times.of(row, "created"),
              Times.of(row, "updated"));

  private InstanceGroups() {}

  /** A group: what somebody wrote, as {@code holdfast.v1.InstanceGroup}. */
  public record Group(String name, ByteString content, Instant created, Instant updated) {}

  /** One by name. */
  public static Optional<Group> find(Read read, String name) {
    return read.handle()
        .createQuery("SELECT * FROM instance_group WHERE name = :name")
        .bind("name", name)
        .map(ROW)
        .findOne();
  }

  /** Those after a name, in the order of their names. */
  public static List<Group> list(Read read, String after, int atMost) {
    return read.handle()
        .createQuery("SELECT * FROM instance_group WHERE name > :after ORDER BY name LIMIT :limit")
        .bind("after", after)
        .bind("limit", atMost)
        .map(ROW)
        .list();
  }

  /** How many there are. */
  public static int count(Read read) {
    return read.handle()
        .createQuery("SELECT COUNT(*) FROM instance_group")
        .mapTo(Integer.class)
        .one();
  }

  /** Writes one, in place of what was there. */
  public static void put(Write write, String name, byte[] content) {
    write
        .handle()
        .createUpdate(
            "INSERT INTO instance_group (name, content, created, updated) VALUES (:name, :content,"
                + " :now, :now) ON CONFLICT (name) DO UPDATE SET content = excluded.content,"
                + " updated = excluded.updated")
        .bind("name", name)
        .bind("content", content)
        .bind("now", write.now().toEpochMilli())
        .execute();
  }

  /** Removes one. */
  public static void delete(Write write, String name) {
    write
        .handle()
        .createUpdate("DELETE FROM instance_group WHERE name = :name")
        .bind("name", name)
        .execute();
  }
}

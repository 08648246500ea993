package dev.holdfast.coordinator.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;

/** What the bearers of tokens may do, and to which instances. */
public final class RoleBindings {
  private static final RowMapper<Binding> ROW =
      (row, context) ->
          new Binding(
              row.getString("id"),
              row.getString("principal"),
              row.getString("role"),
              Optional.of(row.getString("tag_scope"))
                  .filter(text -> !text.isEmpty())
                  .map(TagScope::parse),
              Times.of(row, "created"),
              row.getString("author"));

  private RoleBindings() {}

  /**
   * A row.
   *
   * @param principal the name of a token
   * @param scope empty: all instances
   * @param author who made it
   */
  public record Binding(
      String id,
      String principal,
      String role,
      Optional<TagScope> scope,
      Instant created,
      String author) {
    /** The instances that it lets touch. */
    public Sight sight() {
      return scope.<Sight>map(one -> new Sight.Tagged(java.util.Set.of(one))).orElse(Sight.all());
    }
  }

  /** Those of a principal, in the order of their ids. */
  public static List<Binding> of(Read read, String principal) {
    return read.handle()
        .createQuery("SELECT * FROM role_binding WHERE principal = :principal ORDER BY id")
        .bind("principal", principal)
        .map(ROW)
        .list();
  }

  /** Those behind an id, in the order of their ids. */
  public static List<Binding> list(Read read, String after, int atMost) {
    return read.handle()
        .createQuery("SELECT * FROM role_binding WHERE id > :after ORDER BY id LIMIT :limit")
        .bind("after", after)
        .bind("limit", atMost)
        .map(ROW)
        .list();
  }

  /** One by its id. */
  public static Optional<Binding> find(Read read, String id) {
    return read.handle()
        .createQuery("SELECT * FROM role_binding WHERE id = :id")
        .bind("id", id)
        .map(ROW)
        .findOne();
  }

  /** Adds one. */
  public static void add(Write write, Binding binding) {
    write
        .handle()
        .createUpdate(
            "INSERT INTO role_binding (id, principal, role, tag_scope, created, author) VALUES"
                + " (:id, :principal, :role, :scope, :created, :author)")
        .bind("id", binding.id())
        .bind("principal", binding.principal())
        .bind("role", binding.role())
        .bind("scope", binding.scope().map(TagScope::text).orElse(""))
        .bind("created", binding.created().toEpochMilli())
        .bind("author", binding.author())
        .execute();
  }

  /** Takes one away. */
  public static void remove(Write write, String id) {
    write.handle().createUpdate("DELETE FROM role_binding WHERE id = :id").bind("id", id).execute();
  }

  /** Takes all of a principal away. */
  public static void removeOf(Write write, String principal) {
    write
        .handle()
        .createUpdate("DELETE FROM role_binding WHERE principal = :principal")
        .bind("principal", principal)
        .execute();
  }
}

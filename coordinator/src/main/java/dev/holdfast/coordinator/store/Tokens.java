package dev.holdfast.coordinator.store;

import dev.holdfast.task.Sha256;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;

/** Tokens: only their hashes. */
public final class Tokens {
  private static final RowMapper<Token> ROW =
      (row, context) ->
          new Token(
              row.getString("name"),
              row.getString("role"),
              Times.of(row, "created"),
              Times.maybe(row, "expires"),
              Times.maybe(row, "revoked"),
              row.getInt("bound") != 0);

  private Tokens() {}

  /**
   * A token's row.
   *
   * @param role with which it was made
   * @param bound whether bindings say what its bearer may do, and not that role
   */
  public record Token(
      String name,
      String role,
      Instant created,
      Optional<Instant> expires,
      Optional<Instant> revoked,
      boolean bound) {}

  /** The token with this hash. */
  public static Optional<Token> find(Read read, Sha256 hash) {
    return read.handle()
        .createQuery("SELECT * FROM token WHERE sha256 = :hash")
        .bind("hash", hash.hex())
        .map(ROW)
        .findOne();
  }

  /** The token of this name. */
  public static Optional<Token> named(Read read, String name) {
    return read.handle()
        .createQuery("SELECT * FROM token WHERE name = :name")
        .bind("name", name)
        .map(ROW)
        .findOne();
  }

  /** All, by name. */
  public static List<Token> list(Read read) {
    return read.handle().createQuery("SELECT * FROM token ORDER BY name").map(ROW).list();
  }

  /** Notes that one is revoked; false if there is none of the name that isn't. */
  public static boolean revoke(Write write, String name) {
    return write
            .handle()
            .createUpdate("UPDATE token SET revoked = :now WHERE name = :name AND revoked IS NULL")
            .bind("now", write.now().toEpochMilli())
            .bind("name", name)
            .execute()
        > 0;
  }

  /** From now on bindings say what the bearer may do. */
  public static void bind(Write write, String name) {
    write
        .handle()
        .createUpdate("UPDATE token SET bound = 1 WHERE name = :name")
        .bind("name", name)
        .execute();
  }

  /** Those behind a name, by name. */
  public static List<Token> list(Read read, String after, int atMost) {
    return read.handle()
        .createQuery("SELECT * FROM token WHERE name > :after ORDER BY name LIMIT :limit")
        .bind("after", after)
        .bind("limit", atMost)
        .map(ROW)
        .list();
  }

  /** Forgets one, so that its name can be given again. */
  public static void remove(Write write, String name) {
    write
        .handle()
        .createUpdate("DELETE FROM token WHERE name = :name")
        .bind("name", name)
        .execute();
  }

  /** Whether there is any. */
  public static boolean any(Read read) {
    return read.handle().createQuery("SELECT COUNT(*) FROM token").mapTo(Integer.class).one() > 0;
  }

  /** Adds one that never expires, or until a moment. */
  public static void add(
      Write write, String name, Sha256 hash, String role, Optional<Instant> expires) {
    write
        .handle()
        .createUpdate(
            "INSERT INTO token (name, sha256, role, created, expires) VALUES (:name, :hash, :role,"
                + " :created, :expires)")
        .bind("name", name)
        .bind("hash", hash.hex())
        .bind("role", role)
        .bind("created", write.now().toEpochMilli())
        .bind("expires", expires.map(Instant::toEpochMilli).orElse(null))
        .execute();
  }
}

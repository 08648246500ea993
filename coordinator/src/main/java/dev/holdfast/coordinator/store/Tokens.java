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
              Times.maybe(row, "revoked"));

  private Tokens() {}

  /** A token's row. */
  public record Token(
      String name,
      String role,
      Instant created,
      Optional<Instant> expires,
      Optional<Instant> revoked) {}

  /** The token with this hash. */
  public static Optional<Token> find(Read read, Sha256 hash) {
    return read.handle()
        .createQuery("SELECT name, role, created, expires, revoked FROM token WHERE sha256 = :hash")
        .bind("hash", hash.hex())
        .map(ROW)
        .findOne();
  }

  /** The token of this name. */
  public static Optional<Token> named(Read read, String name) {
    return read.handle()
        .createQuery("SELECT name, role, created, expires, revoked FROM token WHERE name = :name")
        .bind("name", name)
        .map(ROW)
        .findOne();
  }

  /** All, by name. */
  public static List<Token> list(Read read) {
    return read.handle()
        .createQuery("SELECT name, role, created, expires, revoked FROM token ORDER BY name")
        .map(ROW)
        .list();
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

package dev.holdfast.coordinator.store;

import dev.holdfast.task.Sha256;
import java.time.Instant;
import java.util.Optional;

/** Tokens: only their hashes. */
public final class Tokens {
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
        .map(
            (row, context) ->
                new Token(
                    row.getString("name"),
                    row.getString("role"),
                    Times.of(row, "created"),
                    Times.maybe(row, "expires"),
                    Times.maybe(row, "revoked")))
        .findOne();
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

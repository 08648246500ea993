package dev.holdfast.coordinator.store;

import dev.holdfast.task.Sha256;
import java.util.Optional;

/** Bytes that are named by their hash: assignments and documents. */
public final class Bodies {
  private Bodies() {}

  /** Keeps the bytes; their name. */
  public static Sha256 add(Write write, byte[] content) {
    Sha256 hash = Sha256.of(content);
    write
        .handle()
        .createUpdate("INSERT OR IGNORE INTO body (sha256, content) VALUES (:hash, :content)")
        .bind("hash", hash.hex())
        .bind("content", content)
        .execute();
    return hash;
  }

  /** The bytes with this name. */
  public static Optional<byte[]> find(Read read, Sha256 hash) {
    return Plain.one(
        read.handle(),
        "SELECT content FROM body WHERE sha256 = ?",
        row -> row.getBytes(1),
        hash.hex());
  }
}

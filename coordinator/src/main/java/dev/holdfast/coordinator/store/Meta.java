package dev.holdfast.coordinator.store;

import java.util.Optional;

/** Facts about the store itself. */
public final class Meta {
  /** The key of the domain of all certificates; it is put at the first start, for ever. */
  public static final String TRUST_DOMAIN = "trust_domain";

  /** When the newest backup was taken, in milliseconds since 1970. */
  public static final String BACKED_UP = "backed_up";

  /** When it was tried last whether the disk takes something again. */
  public static final String TRIED = "write_tried";

  private Meta() {}

  /** The value, if it was ever put. */
  public static Optional<String> get(Read read, String key) {
    return read.handle()
        .createQuery("SELECT value FROM meta WHERE key = :key")
        .bind("key", key)
        .mapTo(String.class)
        .findOne();
  }

  /** Puts a value. */
  public static void put(Write write, String key, String value) {
    write
        .handle()
        .createUpdate(
            "INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET"
                + " value = excluded.value")
        .bind("key", key)
        .bind("value", value)
        .execute();
  }
}

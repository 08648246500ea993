package dev.holdfast.coordinator.store;

import java.time.Instant;

/** Events and freezes that were kept for long enough, and the room that whatever went has left. */
public final class OldRows {
  private OldRows() {}

  /**
   * Deletes some events that are older than a moment: the oldest, with no gap. The newest stays,
   * since positions go on from there, and so does what a webhook is still to get that was not given
   * up. How many went.
   */
  public static int deleteEvents(Write write, Instant before, int atMost) {
    long[] through = {0};
    boolean[] older = {true};
    Plain.all(
        write.handle(),
        "SELECT position, time FROM log ORDER BY position LIMIT ?",
        row -> {
          older[0] &= row.getLong(2) < before.toEpochMilli();
          through[0] = older[0] ? row.getLong(1) : through[0];
        },
        atMost);
    return write
        .handle()
        .createUpdate(
            "DELETE FROM log WHERE position <= :through AND position < (SELECT MAX(position) FROM"
                + " log) AND position <= COALESCE((SELECT MIN(position) FROM webhook WHERE"
                + " condition <> 'GIVEN_UP'), :through)")
        .bind("through", through[0])
        .execute();
  }

  /** Deletes some freezes that were over before a moment; the newest stays. How many went. */
  public static int deleteFreezes(Write write, Instant before, int atMost) {
    return write
        .handle()
        .createUpdate(
            "DELETE FROM freeze WHERE position IN (SELECT position FROM freeze WHERE (ended <"
                + " :before OR until < :before) AND position < (SELECT MAX(position) FROM freeze)"
                + " ORDER BY position LIMIT :limit)")
        .bind("before", before.toEpochMilli())
        .bind("limit", atMost)
        .execute();
  }

  /** Bytes of the database's file that hold nothing: what is written next takes them. */
  public static long reusableBytes(Read read) {
    return pragma(read, "freelist_count") * pragma(read, "page_size");
  }

  private static long pragma(Read read, String name) {
    return read.handle().createQuery("PRAGMA " + name).mapTo(Long.class).one();
  }
}

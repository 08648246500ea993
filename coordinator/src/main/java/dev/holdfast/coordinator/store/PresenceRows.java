package dev.holdfast.coordinator.store;

import dev.holdfast.association.InstanceId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the log last said of the presence of instances, so that it says each change once. */
public final class PresenceRows {
  /** The presence of an instance that was never linked. */
  public static final String NEVER = "NEVER";

  /** The type of the event that says a change; it concerns no assignment. */
  public static final String EVENT = "InstancePresenceChanged";

  private PresenceRows() {}

  /** What the log said last of an instance that may connect. */
  public static Optional<String> told(Read read, InstanceId id) {
    return Plain.one(
        read.handle(),
        "SELECT presence FROM instance WHERE id = ? AND state = 'ACTIVE'",
        row -> row.getString(1),
        id.value());
  }

  /** Notes what the log says now. */
  public static void tell(Write write, InstanceId id, String presence) {
    write
        .handle()
        .createUpdate("UPDATE instance SET presence = :presence WHERE id = :id")
        .bind("presence", presence)
        .bind("id", id.value())
        .execute();
  }

  /**
   * Those that may connect, of which the log last said this, and that were heard last before a
   * moment; by id, after one.
   */
  public static List<InstanceId> told(
      Read read, String presence, Instant heardBefore, String after, int atMost) {
    return read.handle()
        .createQuery(
            "SELECT id FROM instance WHERE presence = :presence AND state = 'ACTIVE' AND"
                + " COALESCE(last_seen, registered) < :before AND id > :after ORDER BY id LIMIT"
                + " :limit")
        .bind("presence", presence)
        .bind("before", heardBefore.toEpochMilli())
        .bind("after", after)
        .bind("limit", atMost)
        .mapTo(String.class)
        .map(InstanceId::new)
        .list();
  }
}

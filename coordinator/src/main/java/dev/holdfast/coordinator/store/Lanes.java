package dev.holdfast.coordinator.store;

import dev.holdfast.association.InstanceId;
import dev.holdfast.report.Lane;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** How much of each instance's spool is stored. */
public final class Lanes {
  private Lanes() {}

  /**
   * The spool that an instance said hello with last.
   *
   * @param epoch as the agent names it; empty before its first hello
   * @param number counts the instance's spools in the order in which they were seen; 0 before the
   *     first
   * @param active whether the instance may report
   */
  public record Spool(String epoch, long number, boolean active) {}

  /** An instance's newest spool; empty if there is no such instance. */
  public static Optional<Spool> spool(Read read, InstanceId instance) {
    return Plain.one(
        read.handle(),
        "SELECT spool_epoch, spool_epoch_number, state FROM instance WHERE id = ?",
        row ->
            new Spool(
                row.getString(1),
                row.getLong(2),
                row.getString(3).equals(InstanceState.ACTIVE.name())),
        instance.value());
  }

  /** Begins a new spool: the next number, and nothing of it stored. */
  public static Spool begin(Write write, InstanceId instance, String epoch) {
    write
        .handle()
        .createUpdate(
            "UPDATE instance SET spool_epoch = :epoch, spool_epoch_number = spool_epoch_number + 1"
                + " WHERE id = :id")
        .bind("epoch", epoch)
        .bind("id", instance.value())
        .execute();
    write
        .handle()
        .createUpdate("DELETE FROM lane WHERE instance_id = :id")
        .bind("id", instance.value())
        .execute();
    return spool(write.read(), instance).orElseThrow();
  }

  /** The newest sequence stored of each lane of an instance's newest spool; 0 if none. */
  public static Map<Lane, Long> storedThrough(Read read, InstanceId instance) {
    Map<Lane, Long> through = new EnumMap<>(Lane.class);
    for (Lane lane : Lane.values()) {
      through.put(lane, 0L);
    }
    Plain.all(
        read.handle(),
        "SELECT lane, stored_through FROM lane WHERE instance_id = ?",
        row -> through.put(Lane.valueOf(row.getString(1)), row.getLong(2)),
        instance.value());
    return through;
  }

  /** Notes up to where a lane is stored. */
  public static void store(Write write, InstanceId instance, Lane lane, long through) {
    Plain.update(
        write.handle(),
        "INSERT INTO lane (instance_id, lane, stored_through) VALUES (?, ?, ?) ON CONFLICT"
            + " (instance_id, lane) DO UPDATE SET stored_through = excluded.stored_through",
        instance.value(),
        lane.name(),
        through);
  }
}

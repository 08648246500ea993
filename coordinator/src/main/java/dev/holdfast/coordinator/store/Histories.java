package dev.holdfast.coordinator.store;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The histories of the store. The first has number 1; each restore from a backup begins another,
 * with a higher number, and forgets what happened since the backup.
 */
public final class Histories {
  /** The key of the number of the newest in {@link Meta}. */
  static final String EPOCH = "epoch";

  /** The number of the first history. */
  public static final long FIRST = 1;

  /** The highest number: more than the seconds of any clock that is right. */
  public static final long HIGHEST = 1_000_000_000_000L;

  private Histories() {}

  /**
   * A history that began by a restore.
   *
   * @param epoch its number
   * @param position the last log position that is known of the history before
   * @param backedUp when the backup was made: what came after it and before {@code restored} is
   *     forgotten
   */
  public record History(long epoch, long position, Instant backedUp, Instant restored) {}

  /** Those that began by a restore, oldest first. */
  public static List<History> all(Read read) {
    return read.handle()
        .createQuery("SELECT * FROM history ORDER BY epoch")
        .map(
            (row, context) ->
                new History(
                    row.getLong("epoch"),
                    row.getLong("position"),
                    Times.of(row, "backed_up"),
                    Times.of(row, "restored")))
        .list();
  }

  /** The newest; empty if the store was never restored. */
  public static Optional<History> newest(Read read) {
    List<History> all = all(read);
    return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
  }

  /**
   * Begins a history. The store has its number from its next opening on, so nothing else is to be
   * written before.
   *
   * @throws IllegalArgumentException if its number is not higher than that of the history in force
   */
  public static void begin(Write write, History history) {
    if (history.epoch <= write.epoch() || history.epoch > HIGHEST) {
      throw new IllegalArgumentException(
          "the epoch " + history.epoch + " does not follow " + write.epoch());
    }
    write
        .handle()
        .createUpdate(
            "INSERT INTO history (epoch, position, backed_up, restored) VALUES (:epoch, :position,"
                + " :backedUp, :restored)")
        .bind("epoch", history.epoch)
        .bind("position", history.position)
        .bind("backedUp", history.backedUp.toEpochMilli())
        .bind("restored", history.restored.toEpochMilli())
        .execute();
    Meta.put(write, EPOCH, Long.toString(history.epoch));
  }

  /** Says in the log that a history began. */
  public static void tell(Write write, History history) {
    write.append(
        "StoreRestored",
        List.of(),
        Map.of(
            "epoch",
            Long.toString(history.epoch),
            "backedUp",
            history.backedUp.toString(),
            "restored",
            history.restored.toString()));
  }
}

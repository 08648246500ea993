package dev.holdfast.coordinator.store;

/** Drops old events, as retention will. */
public final class CutLog {
  private CutLog() {}

  /** Keeps the newest alone. */
  public static void toNewest(Store store) {
    store.write(
        write ->
            write
                .handle()
                .createUpdate("DELETE FROM log WHERE position < :position")
                .bind("position", write.position())
                .execute());
  }
}

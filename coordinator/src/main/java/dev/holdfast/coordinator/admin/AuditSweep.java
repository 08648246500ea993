package dev.holdfast.coordinator.admin;

import dev.holdfast.coordinator.store.AuditChain;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.task.PeopleLimits;
import dev.holdfast.task.Timers;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** Lets go of rows of the audit trail that were kept for long enough, a few at a time. */
public final class AuditSweep {
  /** How often it is looked for such rows. */
  static final Duration PERIOD = Duration.ofHours(1);

  /** How long after some others are let go of, while there are more. */
  static final Duration PAUSE = Duration.ofMillis(200);

  private final Store store;
  private final Supplier<UUID> ids;
  private final Timers timers;
  private final Duration kept;
  private volatile Optional<Duration> done = Optional.empty();

  /**
   * Over a store.
   *
   * @param kept how long rows are kept
   */
  public AuditSweep(Store store, Supplier<UUID> ids, Timers timers, Duration kept) {
    this.store = store;
    this.ids = ids;
    this.timers = timers;
    this.kept = kept;
  }

  /** Begins. */
  public void start() {
    timers.after(PAUSE, this::look);
  }

  /** When it last did what it is there for, in uptime; empty before the first time. Any thread. */
  public Optional<Duration> done() {
    return done;
  }

  private void look() {
    boolean more = false;
    try {
      more =
          store.write(
                  write ->
                      AuditChain.trim(
                          write,
                          write.now().minus(kept),
                          ids.get().toString(),
                          PeopleLimits.AUDIT_TRIMMED_AT_ONCE))
              == PeopleLimits.AUDIT_TRIMMED_AT_ONCE;
      done = Optional.of(timers.uptime());
    } finally {
      timers.after(more ? PAUSE : PERIOD, this::look);
    }
  }
}

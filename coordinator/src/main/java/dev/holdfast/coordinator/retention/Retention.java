package dev.holdfast.coordinator.retention;

import dev.holdfast.coordinator.store.AuditChain;
import dev.holdfast.coordinator.store.OldRows;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.task.RetentionLimits;
import dev.holdfast.task.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets go of what was kept for long enough: in rounds, each in many small transactions with pauses
 * between them, so that whoever else writes waits for one of them at the most. Whatever ends a
 * round in the middle, the next one begins at the beginning and finds what is left.
 */
public final class Retention {
  /** How long it waits when the store could not be used. */
  static final Duration RETRY = Duration.ofMinutes(1);

  /** A pause is so many times as long as what came before it. */
  private static final int PAUSE_SHARE = 4;

  private static final Logger LOG = LoggerFactory.getLogger("retention");

  private final Timers timers;
  private final Tally tally;
  private final List<Part> parts;
  private int at;
  private volatile Optional<Duration> done = Optional.empty();

  /**
   * Over a store; it does nothing before {@link #start}.
   *
   * @param ids of the rows of the audit trail that say that older ones are gone
   * @param clock the store's
   */
  public Retention(
      Store store, Supplier<UUID> ids, Timers timers, Supplier<Instant> clock, Kept kept) {
    this.timers = timers;
    this.tally = new Tally();
    int atOnce = RetentionLimits.GONE_AT_ONCE;
    this.parts =
        List.of(
            new ExecutionPart(store, clock, kept, tally),
            new RunPart(store, clock, kept, tally),
            new LeftPart(store, tally),
            each(
                store,
                Tally.What.FREEZES,
                write ->
                    OldRows.deleteFreezes(write, write.now().minus(kept.executions()), atOnce)),
            each(
                store,
                Tally.What.EVENTS,
                write -> OldRows.deleteEvents(write, write.now().minus(kept.events()), atOnce)),
            each(
                store,
                Tally.What.AUDIT,
                write ->
                    AuditChain.trim(
                        write, write.now().minus(kept.audit()), ids.get().toString(), atOnce)));
  }

  /** Begins, on the thread of the timers. */
  public void start() {
    timers.after(RetentionLimits.PAUSE, this::work);
  }

  /** When it last did what it is there for, in uptime; empty before the first time. Any thread. */
  public Optional<Duration> done() {
    return done;
  }

  /** How many rows have gone since the start, by kind. Any thread. */
  public Map<List<String>, Double> gone() {
    Map<List<String>, Double> gone = new TreeMap<>(Comparator.comparing(List::getFirst));
    for (Tally.What what : Tally.What.values()) {
      gone.put(List.of(what.word()), (double) tally.of(what));
    }
    return gone;
  }

  private void work() {
    Duration begun = timers.uptime();
    Duration wait;
    try {
      wait = step() ? pause(begun) : RetentionLimits.ROUND;
      done = Optional.of(timers.uptime());
    } catch (RuntimeException e) {
      LOG.error("old rows could not be deleted; trying again in {} s", RETRY.toSeconds(), e);
      at = 0;
      parts.getFirst().begin();
      wait = RETRY;
    }
    timers.after(wait, this::work);
  }

  /** Whether there is more in this round. */
  private boolean step() {
    if (parts.get(at).step()) {
      return true;
    }
    at = (at + 1) % parts.size();
    parts.get(at).begin();
    return at > 0;
  }

  private Duration pause(Duration begun) {
    Duration share = timers.uptime().minus(begun).multipliedBy(PAUSE_SHARE);
    return share.compareTo(RetentionLimits.PAUSE) > 0 ? share : RetentionLimits.PAUSE;
  }

  /** Rows of a kind that need no looking: those that go are found by the statement itself. */
  private Part each(Store store, Tally.What what, Function<Write, Integer> deletion) {
    return new Part() {
      @Override
      public void begin() {}

      @Override
      public boolean step() {
        int count = store.write(deletion);
        tally.add(what, count);
        return count >= RetentionLimits.GONE_AT_ONCE;
      }
    };
  }
}

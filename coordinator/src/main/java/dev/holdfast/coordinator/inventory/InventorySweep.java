package dev.holdfast.coordinator.inventory;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Inventories;
import dev.holdfast.coordinator.store.InventoryChanges;
import dev.holdfast.coordinator.store.InventoryDeletions;
import dev.holdfast.coordinator.store.InventoryDeletions.Deletion;
import dev.holdfast.coordinator.store.InventoryItems;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.task.InventoryLimits;
import dev.holdfast.task.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes, in small transactions, what is asked to be deleted and what nobody needs any more: the
 * rows of types that are deleted and of instances that are gone, old changes, and items that nobody
 * has and no change names. An item is kept for as long as changes are after it was seen to be
 * unheld: any change that names it is older than that and gone before.
 */
public final class InventorySweep {
  /** How long it waits when the store could not be used. */
  static final Duration RETRY = Duration.ofMinutes(1);

  private static final Logger LOG = LoggerFactory.getLogger("inventory");

  private final Store store;
  private final InventoryDesk desk;
  private final Timers timers;
  private final AtomicBoolean woken = new AtomicBoolean();
  private Timers.Timer sleep = () -> {};
  private volatile Optional<Duration> done = Optional.empty();
  private int looked; // numbers of items up to here were looked at in this round

  /** Over a store; it does nothing before {@link #start}. */
  public InventorySweep(Store store, InventoryDesk desk, Timers timers) {
    this.store = store;
    this.desk = desk;
    this.timers = timers;
  }

  /** Begins, on the thread of the timers. */
  public void start() {
    wake();
  }

  /** There is something to delete. Any thread. */
  public void wake() {
    if (woken.compareAndSet(false, true)) {
      timers.after(
          Duration.ZERO,
          () -> {
            woken.set(false);
            sleep.cancel();
            sweep();
          });
    }
  }

  /** When it last did what it is there for, in uptime; empty before the first time. Any thread. */
  public Optional<Duration> done() {
    return done;
  }

  private void sweep() {
    Duration wait;
    try {
      wait = step() ? Duration.ZERO : timers.idle(InventoryLimits.SWEEP);
      done = Optional.of(timers.uptime());
    } catch (RuntimeException e) {
      LOG.error("inventory could not be swept; trying again in {} s", RETRY.toSeconds(), e);
      wait = RETRY;
    }
    sleep = timers.after(wait, this::sweep);
  }

  /** Does a little; whether there is more to do now. */
  private boolean step() {
    Instant now = timers.now();
    if (store.read(InventoryDeletions::open).isPresent()) {
      return store.write(this::delete);
    }
    if (!store.read(read -> Inventories.leaving(read, 1)).isEmpty()) {
      return store.write(this::leave);
    }
    Instant before = now.minus(InventoryLimits.CHANGES_KEPT);
    return some(write -> InventoryChanges.deleteBefore(write, before, atOnce()))
        || beyond()
        || some(
            write ->
                InventoryDeletions.deleteEndedBefore(
                    write, now.minus(InventoryLimits.DELETIONS_KEPT), atOnce()))
        || items(before);
  }

  private boolean some(Function<Write, Integer> deletion) {
    return store.write(deletion) > 0;
  }

  /** Looked for once a round: it counts all. */
  private boolean beyond() {
    if (looked > 0) {
      return false;
    }
    long count = store.read(InventoryChanges::count);
    return count > InventoryLimits.MAX_ALL_CHANGES
        && some(
            write ->
                InventoryChanges.deleteBefore(
                    write, Instant.ofEpochMilli(Long.MAX_VALUE), atOnce()));
  }

  private static int atOnce() {
    return InventoryLimits.CHANGES_SWEPT_AT_ONCE;
  }

  /** The next rows of a type that is being deleted. */
  private boolean delete(Write write) {
    Optional<Deletion> open = InventoryDeletions.open(write.read());
    if (open.isEmpty()) {
      return true;
    }
    Deletion deletion = open.get();
    List<Inventories.Inventory> rows =
        Inventories.ofType(
            write.read(),
            deletion.type(),
            deletion.afterInstance(),
            InventoryLimits.ROWS_SWEPT_AT_ONCE);
    Map<String, Integer> remaining = new HashMap<>(deletion.remaining());
    for (Inventories.Inventory row : rows) {
      desk.drop(write, row);
      remaining.computeIfPresent(row.schemaVersion(), (_, count) -> Math.max(0, count - 1));
    }
    boolean last = rows.size() < InventoryLimits.ROWS_SWEPT_AT_ONCE;
    if (last) {
      remaining.replaceAll((_, _) -> 0);
    }
    InventoryDeletions.put(
        write,
        new Deletion(
            deletion.id(),
            deletion.type(),
            deletion.started(),
            write.now(),
            last ? Optional.of(write.now()) : Optional.empty(),
            rows.isEmpty() ? deletion.afterInstance() : rows.getLast().instance().value(),
            deletion.summary(),
            remaining));
    return true;
  }

  /** The inventory and changes of an instance that is deregistered. */
  private boolean leave(Write write) {
    for (InstanceId instance : Inventories.leaving(write.read(), 1)) {
      Inventories.of(write.read(), instance, InventoryLimits.ROWS_SWEPT_AT_ONCE)
          .forEach(row -> desk.drop(write, row));
      if (InventoryChanges.deleteOf(write, instance, atOnce()) < atOnce()) {
        Inventories.left(write, instance);
      }
    }
    return true;
  }

  /** Looks at some items, and deletes some that nobody has had for long. */
  private boolean items(Instant before) {
    List<Integer> old = store.read(read -> InventoryItems.unheldBefore(read, before, atOnce()));
    if (!old.isEmpty()) {
      return store.write(
          write -> {
            List<Integer> unheld = desk.stock().unheld(old);
            InventoryItems.delete(write, unheld);
            InventoryItems.held(write, old.stream().filter(n -> !unheld.contains(n)).toList());
            return true;
          });
    }
    List<Integer> numbers = store.read(read -> InventoryItems.numbers(read, looked, atOnce()));
    if (!desk.stock().unheld(numbers).isEmpty()) {
      store.write(
          write -> {
            InventoryItems.unheld(write, desk.stock().unheld(numbers));
            return true;
          });
    }
    boolean more = numbers.size() == atOnce();
    looked = more ? numbers.getLast() : 0;
    return more;
  }
}

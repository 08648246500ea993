package dev.holdfast.coordinator.link;

import dev.holdfast.coordinator.store.Identities;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.task.IdentityLimits;
import dev.holdfast.task.Timers;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of each change of an instance's state or of the certificate that counts: woken by commits,
 * and looking by itself while there is any link, should a change have been made elsewhere. On the
 * owner's executor.
 */
final class IdentityWatch {
  private static final Logger LOG = LoggerFactory.getLogger("link");
  private static final int AT_ONCE = 500;

  private final Store store;
  private final Executor owner;
  private final Timers timers;
  private final BooleanSupplier needed;
  private final Consumer<Identities.Change> changed;
  private final AtomicBoolean woken = new AtomicBoolean();
  private long seen;
  private boolean looking;

  /**
   * A watch that has not begun.
   *
   * @param needed whether there is any link that a change could concern
   */
  IdentityWatch(
      Store store,
      Executor owner,
      Timers timers,
      BooleanSupplier needed,
      Consumer<Identities.Change> changed) {
    this.store = store;
    this.owner = owner;
    this.timers = timers;
    this.needed = needed;
    this.changed = changed;
  }

  /** Begins with what changes from now on. */
  void start() {
    seen = store.read(Identities::version);
    store.onCommit(this::wake);
  }

  /** There is a link. */
  void lookSoon() {
    if (!looking) {
      looking = true;
      timers.after(timers.idle(IdentityLimits.IDENTITY_LOOK), this::round);
    }
  }

  private void round() {
    looking = false;
    look();
    if (needed.getAsBoolean()) {
      lookSoon();
    }
  }

  private void wake() {
    if (woken.compareAndSet(false, true)) {
      owner.execute(
          () -> {
            woken.set(false);
            look();
          });
    }
  }

  private void look() {
    try {
      List<Identities.Change> changes;
      do {
        changes = store.read(read -> Identities.after(read, seen, AT_ONCE));
        for (Identities.Change change : changes) {
          seen = change.version();
          changed.accept(change);
        }
      } while (changes.size() == AT_ONCE);
    } catch (RuntimeException e) {
      LOG.error("cannot look for changes of identities; trying again", e);
    }
  }
}

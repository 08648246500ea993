package dev.holdfast.coordinator.link;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.PresenceRows;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.task.Limits;
import dev.holdfast.task.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log when the presence of instances changes, and the rows when they were last heard,
 * many at a time. A change that was told is in the row too, so a restart neither repeats nor
 * forgets one.
 */
final class PresenceKeeper {
  private static final Logger LOG = LoggerFactory.getLogger("link");

  /** How often it is looked for instances that have been away for long. */
  private static final Duration LOOK_FOR_INACTIVE = Duration.ofHours(1);

  /** Rows of one transaction. */
  static final int BATCH = 500;

  private final Store store;
  private final Timers timers;
  private final Predicate<InstanceId> linked;
  private final Map<InstanceId, Instant> seen = new LinkedHashMap<>();
  private final Map<InstanceId, Presence> changes = new LinkedHashMap<>();
  private final Map<InstanceId, Duration> lost = new LinkedHashMap<>();
  private boolean stopped;

  /**
   * @param linked whether the hello of an instance was heard and its link lives
   */
  PresenceKeeper(Store store, Timers timers, Predicate<InstanceId> linked) {
    this.store = store;
    this.timers = timers;
    this.linked = linked;
  }

  /** Begins to look for those that stay away. */
  void start() {
    timers.after(Limits.RECONNECT_LONGEST, () -> guarded(this::reconnectWindowEnded));
    timers.after(timers.idle(LOOK_FOR_INACTIVE), this::round);
  }

  /** Writes what is left, and looks no more. */
  void stop() {
    stopped = true;
    write();
  }

  private void round() {
    if (!stopped) {
      guarded(this::lookForInactive);
      timers.after(timers.idle(LOOK_FOR_INACTIVE), this::round);
    }
  }

  private static void guarded(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.error("cannot note the presence of instances; trying again", e);
    }
  }

  /** In the transaction that notes a hello. */
  void online(Write write, InstanceId instance) {
    tell(write, instance, Presence.ONLINE);
  }

  /** The link of an instance lives again. */
  void back(InstanceId instance) {
    lost.remove(instance);
    changes.remove(instance);
  }

  /** It was heard. */
  void heard(InstanceId instance) {
    seen.put(instance, timers.now());
  }

  /** Its presence changed while its link lives. */
  void changed(InstanceId instance, Presence presence) {
    changes.put(instance, presence);
  }

  /** Its link ended: told if it does not come back soon. */
  void left(InstanceId instance) {
    changes.remove(instance);
    lost.put(instance, timers.uptime());
  }

  /** Whether there is nothing left to write. */
  boolean idle() {
    return seen.isEmpty() && changes.isEmpty() && lost.isEmpty();
  }

  /** Writes what is due. What can't be written is tried again the next time. */
  void write() {
    guarded(this::writeAll);
  }

  private void writeAll() {
    Duration now = timers.uptime();
    for (Iterator<Map.Entry<InstanceId, Duration>> each = lost.entrySet().iterator();
        each.hasNext(); ) {
      Map.Entry<InstanceId, Duration> one = each.next();
      if (now.compareTo(one.getValue().plus(Limits.FLAP)) >= 0) {
        changes.put(one.getKey(), Presence.CONNECTION_LOST);
        each.remove();
      }
    }
    while (!seen.isEmpty() || !changes.isEmpty()) {
      Map<InstanceId, Instant> heard = first(seen);
      Map<InstanceId, Presence> told = first(changes);
      store.write(
          write -> {
            Instances.seen(write, heard);
            told.forEach((instance, presence) -> tell(write, instance, presence));
            return told.size();
          });
      heard.forEach(seen::remove);
      told.forEach(changes::remove);
    }
  }

  /** Says of those that the log calls linked, and that are not, that their connection is lost. */
  private void reconnectWindowEnded() {
    Instant ever = timers.now().plus(Limits.INACTIVE_AFTER);
    tellAll(Presence.ONLINE.name(), ever, Presence.CONNECTION_LOST);
    tellAll(Presence.SILENT.name(), ever, Presence.CONNECTION_LOST);
  }

  /** Says of those that have been away for long that they are inactive. */
  private void lookForInactive() {
    Instant before = timers.now().minus(Limits.INACTIVE_AFTER);
    tellAll(Presence.CONNECTION_LOST.name(), before, Presence.INACTIVE);
    tellAll(PresenceRows.NEVER, before, Presence.INACTIVE);
  }

  private void tellAll(String told, Instant heardBefore, Presence presence) {
    String after = "";
    while (true) {
      String from = after;
      List<InstanceId> batch =
          store.read(read -> PresenceRows.told(read, told, heardBefore, from, BATCH));
      List<InstanceId> away =
          batch.stream()
              .filter(instance -> !linked.test(instance) && !lost.containsKey(instance))
              .toList();
      if (!away.isEmpty()) {
        store.write(
            write -> {
              away.forEach(instance -> tell(write, instance, presence));
              return away.size();
            });
      }
      if (batch.size() < BATCH) {
        return;
      }
      after = batch.getLast().value();
    }
  }

  private static void tell(Write write, InstanceId instance, Presence presence) {
    Optional<String> told = PresenceRows.told(write.read(), instance);
    if (told.isEmpty() || told.get().equals(presence.name())) {
      return;
    }
    PresenceRows.tell(write, instance, presence.name());
    write.append(
        PresenceRows.EVENT,
        List.of(instance.value()),
        Map.of("presence", presence.name(), "before", told.get()));
  }

  private static <V> Map<InstanceId, V> first(Map<InstanceId, V> map) {
    Map<InstanceId, V> first = new HashMap<>();
    for (Map.Entry<InstanceId, V> entry : map.entrySet()) {
      if (first.size() == BATCH) {
        break;
      }
      first.put(entry.getKey(), entry.getValue());
    }
    return first;
  }
}

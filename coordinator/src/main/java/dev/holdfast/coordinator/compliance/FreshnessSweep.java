package dev.holdfast.coordinator.compliance;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Compliance;
import dev.holdfast.coordinator.store.Compliance.Item;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes verdicts unknown that nobody confirmed in time. It sleeps until the next one goes stale,
 * but not longer than any verdict is fresh at the least, so that one which came meanwhile is never
 * late.
 */
public final class FreshnessSweep {
  /** Items in one transaction. */
  static final int MAX_ITEMS_AT_ONCE = 200;

  /** How long it waits when the store could not be used. */
  static final Duration RETRY = Duration.ofMinutes(1);

  private static final Logger LOG = LoggerFactory.getLogger("compliance");

  private final Store store;
  private final Timers timers;
  private volatile Optional<Duration> done = Optional.empty();

  /** Over a store; it does nothing before {@link #start}. */
  public FreshnessSweep(Store store, Timers timers) {
    this.store = store;
    this.timers = timers;
  }

  /** Begins, once the reports that waited for the coordinator had time to come. */
  public void start() {
    timers.after(RunLimits.FRESHNESS_PAUSE, this::sweep);
  }

  /** When it last did what it is there for, in uptime; empty before the first time. Any thread. */
  public Optional<Duration> done() {
    return done;
  }

  private void sweep() {
    Duration sleep;
    try {
      Optional<Instant> next = store.read(Compliance::nextStale);
      Instant now = timers.now();
      if (next.isPresent() && !next.get().isAfter(now)) {
        store.write(write -> expire(write, now));
        sleep = Duration.ZERO;
      } else {
        sleep =
            next.map(at -> Duration.between(now, at))
                .filter(until -> until.compareTo(RunLimits.FRESH_AT_LEAST) < 0)
                .orElse(RunLimits.FRESH_AT_LEAST);
      }
      done = Optional.of(timers.uptime());
    } catch (RuntimeException e) {
      LOG.error("stale verdicts could not be written; trying again in {} s", RETRY.toSeconds(), e);
      sleep = RETRY;
    }
    timers.after(sleep, this::sweep);
  }

  private static boolean expire(Write write, Instant now) {
    List<Item> items = Compliance.stale(write.read(), now, MAX_ITEMS_AT_ONCE);
    Map<Place, List<Item>> others = new LinkedHashMap<>();
    for (Item item : items) {
      if (item.type().equals(Compliance.ASSOCIATION)) {
        Item stale = Verdicts.stale(item, write.now());
        Compliance.put(write, stale);
        ComplianceDesk.tell(write, Optional.of(item), stale);
      } else {
        others
            .computeIfAbsent(new Place(item.instance(), item.type()), _ -> new ArrayList<>())
            .add(Verdicts.stale(item, write.now()));
      }
    }
    others.forEach(
        (place, stale) ->
            ComplianceDesk.telling(
                write, place.instance, place.type, () -> Compliance.put(write, stale)));
    return !items.isEmpty();
  }

  private record Place(InstanceId instance, String type) {}
}

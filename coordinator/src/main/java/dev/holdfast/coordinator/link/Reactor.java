package dev.holdfast.coordinator.link;

import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.assignment.Concern;
import dev.holdfast.coordinator.assignment.SetPlanner;
import dev.holdfast.coordinator.store.EventLog;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.task.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the log and computes again the sets of the linked instances that an event may concern. It
 * is woken by commits and polls nothing. On the owner's executor, in short turns: other work of the
 * owner comes between two chunks of instances.
 */
final class Reactor {
  private static final Logger LOG = LoggerFactory.getLogger("reactor");

  /** Events looked at in one turn. */
  static final int EVENTS = 500;

  /** How long it waits when the store can't be read. */
  static final Duration RETRY = Duration.ofSeconds(1);

  private static final long NOTHING = Long.MAX_VALUE;

  private final Store store;
  private final SetPlanner planner;
  private final Executor owner;
  private final Timers timers;
  private final Audience audience;
  private final Concern concern;
  private final AtomicBoolean woken = new AtomicBoolean();

  /** Whose sets are to be computed, each with when the first change was committed, in uptime. */
  private final Map<InstanceId, Optional<Duration>> dirty = new LinkedHashMap<>();

  /** When the oldest commit came that was not looked at yet, in nanoseconds of uptime. */
  private final AtomicLong unread = new AtomicLong(NOTHING);

  /** The same of the oldest whose sets are not computed yet. */
  private volatile long uncomputed = NOTHING;

  private Optional<SetPlanner.Pass> pass = Optional.empty();
  private boolean draining;
  private volatile long cursor;

  /** Those who are linked, and get what is computed. */
  interface Audience {
    /** Whether an instance is linked. */
    boolean linked(InstanceId instance);

    /** All that are. */
    Collection<InstanceId> linked();

    /**
     * This set is wanted of an instance.
     *
     * @param committed when the first change was that it follows from, in uptime; empty if from
     *     none
     */
    void wanted(InstanceId instance, AssignmentSet set, Optional<Duration> committed);

    /** An instance may not connect any more. */
    void gone(InstanceId instance);
  }

  Reactor(Store store, SetPlanner planner, Executor owner, Timers timers, Audience audience) {
    this.store = store;
    this.planner = planner;
    this.owner = owner;
    this.timers = timers;
    this.audience = audience;
    this.concern = new Concern(audience::linked);
  }

  /** Begins to follow, from what the rows say now. */
  void start() {
    store.onCommit(this::wake);
    cursor =
        store.read(
            read -> {
              concern.begin(read);
              return EventLog.newest(read);
            });
  }

  /** The set of this instance is to be computed, soon. */
  void concern(InstanceId instance) {
    dirty(instance, Optional.empty());
    drainSoon();
  }

  private void dirty(InstanceId instance, Optional<Duration> committed) {
    dirty.merge(instance, committed, (one, other) -> one.or(() -> other));
  }

  /** How many events of the log were not looked at yet. From any thread. */
  long unreadEvents() {
    return Math.max(0, store.position() - cursor);
  }

  /** How long ago the oldest change was committed that was not dealt with. From any thread. */
  Duration behind() {
    long oldest = Math.min(unread.get(), uncomputed);
    return oldest == NOTHING
        ? Duration.ZERO
        : Duration.ofNanos(Math.max(0, timers.uptime().toNanos() - oldest));
  }

  private void wake() {
    if (woken.compareAndSet(false, true)) {
      unread.compareAndSet(NOTHING, timers.uptime().toNanos());
      owner.execute(this::follow);
    }
  }

  private record Found(
      long cursor, Set<InstanceId> concerned, boolean truncated, boolean all, boolean more) {}

  private void follow() {
    long since = unread.getAndSet(NOTHING); // first: who commits after it stamps anew
    woken.set(false);
    Found found;
    try {
      found = look(timers.now());
    } catch (RuntimeException e) {
      LOG.error("cannot follow the log after position={}; trying again", cursor, e);
      unread.set(since);
      timers.after(RETRY, this::wake);
      return;
    }
    cursor = found.cursor;
    Optional<Duration> committed =
        since == NOTHING ? Optional.empty() : Optional.of(Duration.ofNanos(since));
    found.concerned.forEach(instance -> dirty(instance, committed));
    if (found.truncated) {
      LOG.warn("the log no longer has what came before position={}: looking at all links", cursor);
      audience.linked().forEach(instance -> dirty(instance, committed));
    }
    if (found.all) {
      audience.linked().forEach(instance -> dirty(instance, committed));
    }
    if (found.more) {
      unread.set(since);
      wake();
    }
    if (!draining) {
      drain();
    }
  }

  private Found look(Instant now) {
    return store.read(
        read -> {
          if (cursor < EventLog.oldest(read) - 1) {
            concern.begin(read);
            return new Found(EventLog.newest(read), Set.of(), true, false, false);
          }
          List<EventLog.Event> events = EventLog.after(read, cursor, EVENTS);
          if (events.isEmpty()) {
            return new Found(cursor, Set.of(), false, false, false);
          }
          return new Found(
              events.getLast().position(),
              concern.of(read, events, cursor, now),
              false,
              Concern.everybody(events),
              events.size() == EVENTS);
        });
  }

  private void drainSoon() {
    if (!draining && !dirty.isEmpty()) {
      draining = true;
      owner.execute(this::drain);
    }
  }

  private void drain() {
    draining = false;
    Map<InstanceId, Optional<Duration>> chunk = take();
    uncomputed = oldest(chunk);
    if (chunk.isEmpty()) {
      pass = Optional.empty();
      return;
    }
    SetPlanner.Pass current = pass.orElseGet(planner::pass);
    pass = Optional.of(current);
    Map<InstanceId, AssignmentSet> sets;
    try {
      sets = store.read(read -> current.plan(read, List.copyOf(chunk.keySet()), timers.now()));
    } catch (RuntimeException e) {
      LOG.error("cannot compute the sets of {} instances; trying again", chunk.size(), e);
      chunk.forEach(this::dirty);
      pass = Optional.empty();
      draining = true;
      timers.after(RETRY, this::drain);
      return;
    }
    chunk.forEach(
        (instance, committed) -> {
          AssignmentSet set = sets.get(instance);
          if (set == null) {
            audience.gone(instance);
          } else {
            audience.wanted(instance, set, committed);
          }
        });
    uncomputed = oldest(dirty);
    if (dirty.isEmpty()) {
      pass = Optional.empty();
    }
    drainSoon();
  }

  /** They come in the order of their commits, but for those that come back, which have none. */
  private static long oldest(Map<InstanceId, Optional<Duration>> waiting) {
    return waiting.values().stream()
        .flatMap(Optional::stream)
        .findFirst()
        .map(Duration::toNanos)
        .orElse(NOTHING);
  }

  private Map<InstanceId, Optional<Duration>> take() {
    Map<InstanceId, Optional<Duration>> chunk = new LinkedHashMap<>();
    for (Iterator<Map.Entry<InstanceId, Optional<Duration>>> each = dirty.entrySet().iterator();
        each.hasNext() && chunk.size() < SetPlanner.MAX_INSTANCES; ) {
      Map.Entry<InstanceId, Optional<Duration>> one = each.next();
      each.remove();
      if (audience.linked(one.getKey())) {
        chunk.put(one.getKey(), one.getValue());
      }
    }
    return chunk;
  }
}

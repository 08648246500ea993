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
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
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

  private final Store store;
  private final SetPlanner planner;
  private final Executor owner;
  private final Timers timers;
  private final Audience audience;
  private final Concern concern;
  private final AtomicBoolean woken = new AtomicBoolean();
  private final Set<InstanceId> dirty = new LinkedHashSet<>();
  private Optional<SetPlanner.Pass> pass = Optional.empty();
  private boolean draining;
  private long cursor;

  /** Those who are linked, and get what is computed. */
  interface Audience {
    /** Whether an instance is linked. */
    boolean linked(InstanceId instance);

    /** All that are. */
    Collection<InstanceId> linked();

    /** This set is wanted of an instance. */
    void wanted(InstanceId instance, AssignmentSet set);

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
    dirty.add(instance);
    drainSoon();
  }

  private void wake() {
    if (woken.compareAndSet(false, true)) {
      owner.execute(this::follow);
    }
  }

  private record Found(
      long cursor, Set<InstanceId> concerned, boolean truncated, boolean all, boolean more) {}

  private void follow() {
    woken.set(false);
    Found found;
    try {
      found = look(timers.now());
    } catch (RuntimeException e) {
      LOG.error("cannot follow the log after position={}; trying again", cursor, e);
      timers.after(RETRY, this::wake);
      return;
    }
    cursor = found.cursor;
    dirty.addAll(found.concerned);
    if (found.truncated) {
      LOG.warn("the log no longer has what came before position={}: looking at all links", cursor);
      dirty.addAll(audience.linked());
    }
    if (found.all) {
      dirty.addAll(audience.linked());
    }
    if (found.more) {
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
    List<InstanceId> chunk = take();
    if (chunk.isEmpty()) {
      pass = Optional.empty();
      return;
    }
    SetPlanner.Pass current = pass.orElseGet(planner::pass);
    pass = Optional.of(current);
    Map<InstanceId, AssignmentSet> sets;
    try {
      sets = store.read(read -> current.plan(read, chunk, timers.now()));
    } catch (RuntimeException e) {
      LOG.error("cannot compute the sets of {} instances; trying again", chunk.size(), e);
      dirty.addAll(chunk);
      pass = Optional.empty();
      draining = true;
      timers.after(RETRY, this::drain);
      return;
    }
    for (InstanceId instance : chunk) {
      AssignmentSet set = sets.get(instance);
      if (set == null) {
        audience.gone(instance);
      } else {
        audience.wanted(instance, set);
      }
    }
    if (dirty.isEmpty()) {
      pass = Optional.empty();
    }
    drainSoon();
  }

  private List<InstanceId> take() {
    List<InstanceId> chunk = new ArrayList<>();
    for (Iterator<InstanceId> each = dirty.iterator();
        each.hasNext() && chunk.size() < SetPlanner.MAX_INSTANCES; ) {
      InstanceId instance = each.next();
      each.remove();
      if (audience.linked(instance)) {
        chunk.add(instance);
      }
    }
    return chunk;
  }
}

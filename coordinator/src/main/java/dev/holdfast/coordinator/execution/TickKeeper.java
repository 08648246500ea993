package dev.holdfast.coordinator.execution;

import dev.holdfast.association.AssociationId;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Associations.InForce;
import dev.holdfast.coordinator.store.EventLog;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Memberships;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.task.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the one row of each tick's execution at the tick's instant, however many instances it has.
 * It sleeps until the next tick of any association; what it knows of them it reads from the store
 * at its start, and again of those that the log says have changed. Of the ticks that passed while
 * nobody looked, only the newest of each association gets a row.
 *
 * <p>All but {@link #start} runs on the thread of the timers.
 */
public final class TickKeeper {
  /** Rows in one transaction. */
  static final int MAX_TICKS_AT_ONCE = 200;

  /** A wall clock that stepped is noticed after this long at the latest. */
  static final Duration LONGEST_SLEEP = Duration.ofMinutes(5);

  /** How long it waits when the store could not be used. */
  static final Duration RETRY = Duration.ofSeconds(5);

  private static final int EVENTS_AT_ONCE = 500;
  private static final int ASSOCIATIONS_AT_ONCE = 500;
  private static final Logger LOG = LoggerFactory.getLogger("execution");

  private final Store store;
  private final Timers timers;
  private final PriorityQueue<Due> heap =
      new PriorityQueue<>(Comparator.comparing(Due::at).thenComparing(Due::association));
  private final Map<AssociationId, Due> dues = new HashMap<>();
  private final AtomicBoolean woken = new AtomicBoolean();
  private long position;
  private boolean built;
  private Timers.Timer sleep = () -> {};
  private volatile Optional<Instant> next = Optional.empty();

  /** Over a store; it does nothing before {@link #start}. */
  public TickKeeper(Store store, Timers timers) {
    this.store = store;
    this.timers = timers;
  }

  /** When the next tick of an association comes that has no row yet; it may have passed. */
  private record Due(Instant at, AssociationId association) {}

  /** Begins, soon, on the thread of the timers. */
  public void start() {
    store.onCommit(this::wake);
    wake();
  }

  /** How late the row of a tick is that should be there by now; zero if none is. Any thread. */
  public Duration behind() {
    return next.map(at -> Duration.between(at, timers.now()))
        .filter(Duration::isPositive)
        .orElse(Duration.ZERO);
  }

  /** For tests: how many associations have a tick to come. */
  int waiting() {
    return heap.size();
  }

  private void wake() {
    if (woken.compareAndSet(false, true)) {
      timers.after(
          Duration.ZERO,
          () -> {
            woken.set(false);
            work();
          });
    }
  }

  private void work() {
    try {
      if (built) {
        store.read(this::follow);
      }
      if (!built) {
        store.read(this::build);
      }
      boolean more = tick();
      sleep(more ? Duration.ZERO : untilNext());
    } catch (RuntimeException e) {
      LOG.error("ticks could not be written; trying again in {} s", RETRY.toSeconds(), e);
      built = false;
      sleep(RETRY);
    }
  }

  private void sleep(Duration delay) {
    sleep.cancel();
    next = Optional.ofNullable(heap.peek()).map(Due::at);
    sleep = heap.isEmpty() && built ? () -> {} : timers.after(delay, this::work);
  }

  private Duration untilNext() {
    Duration longest = timers.idle(LONGEST_SLEEP);
    Due next = heap.peek();
    if (next == null) {
      return longest;
    }
    Duration until = Duration.between(timers.now(), next.at());
    return until.compareTo(longest) > 0 ? longest : until;
  }

  /** Reads all associations. */
  private boolean build(Read read) {
    heap.clear();
    dues.clear();
    position = EventLog.newest(read);
    String after = "";
    while (true) {
      List<Associations.Association> page = Associations.list(read, after, ASSOCIATIONS_AT_ONCE);
      page.forEach(row -> plan(read, row));
      if (page.size() < ASSOCIATIONS_AT_ONCE) {
        break;
      }
      after = page.getLast().id().value();
    }
    built = true;
    return true;
  }

  /** Reads again those associations that the log says have changed. */
  private boolean follow(Read read) {
    if (EventLog.oldest(read) > position + 1) {
      built = false;
      return false;
    }
    Set<AssociationId> changed = new TreeSet<>();
    while (true) {
      List<EventLog.Event> events = EventLog.after(read, position, EVENTS_AT_ONCE);
      for (EventLog.Event event : events) {
        if (event.type().startsWith("Association")) {
          event.resources().stream()
              .filter(AssociationId::isValid)
              .forEach(id -> changed.add(new AssociationId(id)));
        }
        position = event.position();
      }
      if (events.size() < EVENTS_AT_ONCE) {
        break;
      }
    }
    for (AssociationId id : changed) {
      forget(id);
      Associations.find(read, id)
          .filter(row -> row.deleted().isEmpty())
          .ifPresent(row -> plan(read, row));
    }
    return true;
  }

  private void plan(Read read, Associations.Association row) {
    List<InForce> schedules = Associations.inForce(read, row.id());
    if (!schedules.isEmpty()) {
      Instant handled = Executions.newestTick(read, row.id(), timers.now()).orElse(Instant.EPOCH);
      plan(row.id(), schedules.getLast(), handled);
    }
  }

  private void plan(AssociationId id, InForce schedule, Instant handled) {
    Ticks.next(schedule, handled)
        .ifPresent(
            at -> {
              Due due = new Due(at, id);
              dues.put(id, due);
              heap.add(due);
            });
  }

  private void forget(AssociationId id) {
    Due due = dues.remove(id);
    if (due != null) {
      heap.remove(due);
    }
  }

  /** Writes the rows of what is due; whether more is. */
  private boolean tick() {
    Instant now = timers.now();
    List<Due> due = new ArrayList<>();
    while (due.size() < MAX_TICKS_AT_ONCE && !heap.isEmpty() && !heap.peek().at().isAfter(now)) {
      due.add(heap.poll());
    }
    if (due.isEmpty()) {
      return false;
    }
    Map<AssociationId, InForce> schedules = store.write(write -> record(write, due, now));
    for (Due done : due) {
      dues.remove(done.association());
      InForce schedule = schedules.get(done.association());
      if (schedule != null) {
        plan(done.association(), schedule, now);
      }
    }
    return !heap.isEmpty() && !heap.peek().at().isAfter(now);
  }

  /** The schedules in force of those that still have one. */
  private static Map<AssociationId, InForce> record(Write write, List<Due> due, Instant now) {
    Map<AssociationId, InForce> schedules = new HashMap<>();
    for (Due one : due) {
      Optional<Associations.Association> row =
          Associations.find(write.read(), one.association()).filter(a -> a.deleted().isEmpty());
      if (row.isPresent()) {
        InForce schedule = Associations.inForce(write.read(), one.association()).getLast();
        schedules.put(one.association(), schedule);
        Ticks.newest(schedule, one.at().minusSeconds(1), now)
            .ifPresent(at -> record(write, row.get(), at));
      }
    }
    return schedules;
  }

  /** A tick that nobody can run is no execution: it has no members, or nothing to execute. */
  private static void record(Write write, Associations.Association row, Instant at) {
    int members = Memberships.count(write.read(), row.id(), at);
    if (row.revision().isPresent() && members > 0) {
      Ticks.record(write, row, at, Optional.empty(), members);
    }
  }
}

package dev.holdfast.coordinator.ingest;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.compliance.PatchItems;
import dev.holdfast.coordinator.compliance.PutDesk;
import dev.holdfast.coordinator.ingest.Waiting.Inlet;
import dev.holdfast.coordinator.ingest.Waiting.Task;
import dev.holdfast.coordinator.inventory.Forms;
import dev.holdfast.coordinator.inventory.InventoryDesk;
import dev.holdfast.coordinator.link.Intake;
import dev.holdfast.coordinator.store.Lanes;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.report.Lane;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.ReportCodec;
import dev.holdfast.wire.WireException;
import dev.holdfast.wire.agent.Report;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers the reports of all links into group commits. Whoever hands reports over does not wait;
 * what waits is bounded for each instance and in all. Answers come after the commit, on the
 * committer.
 *
 * <p>An instance whose reports could not be taken or not be stored is told of to the composition
 * root, which closes its link; from then on nothing of it is taken until it says hello again
 * ({@link #opened}). So a later report is never stored where an earlier one was lost.
 */
public final class Ingest implements Intake {
  /** Characters of a spool's name. */
  static final int MAX_SPOOL_EPOCH_CHARS = 64;

  private static final Logger LOG = LoggerFactory.getLogger("ingest");

  private final Store store;
  private final InventoryDesk inventory;
  private final Executor committer;
  private final BiConsumer<InstanceId, String> unstored;
  private final Supplier<Duration> uptime;
  private final List<Consumer<RunEnd>> endListeners = new CopyOnWriteArrayList<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Waiting waiting = new Waiting();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final LongAdder stored = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder commits = new LongAdder();
  private final LongAdder failures = new LongAdder();

  /** Without knowing how long what waits has waited. */
  public Ingest(
      Store store,
      InventoryDesk inventory,
      Executor committer,
      BiConsumer<InstanceId, String> unstored) {
    this(store, inventory, committer, unstored, () -> Duration.ZERO);
  }

  /**
   * @param inventory stores what is installed
   * @param committer runs one task at a time; a task takes as long as the disk
   * @param unstored told, on any thread and with no lock held, of an instance whose reports are not
   *     taken any more, and why; its link is to be closed
   * @param uptime monotonic time, from any thread
   */
  public Ingest(
      Store store,
      InventoryDesk inventory,
      Executor committer,
      BiConsumer<InstanceId, String> unstored,
      Supplier<Duration> uptime) {
    this.store = store;
    this.inventory = inventory;
    this.committer = committer;
    this.unstored = unstored;
    this.uptime = uptime;
  }

  /**
   * Totals since the start.
   *
   * @param stored reports of committed transactions, those refused among them
   * @param failures transactions that failed
   */
  public record Totals(long stored, long refused, long commits, long failures) {}

  /**
   * What waits to be stored.
   *
   * @param oldest when the first of it came, in uptime; empty if nothing waits
   */
  public record Queue(long reports, long bytes, Optional<Duration> oldest) {}

  /** A report, read outside the transaction: what it says, or why it can't be read. */
  private record Reading(
      Lane lane, Report message, Optional<dev.holdfast.report.Report> report, String problem) {}

  /**
   * Calls back after each commit of reports, on the committer. The listener only wakes somebody.
   */
  public void onStored(Runnable listener) {
    listeners.add(listener);
  }

  /** Hears of each run that has ended, after the commit, on the committer. It must not wait. */
  public void onEnded(Consumer<RunEnd> listener) {
    endListeners.add(listener);
  }

  /** What waits. From any thread. */
  public Queue queue() {
    return waiting.queue();
  }

  /** The totals. */
  public Totals totals() {
    return new Totals(stored.sum(), refused.sum(), commits.sum(), failures.sum());
  }

  /**
   * {@inheritDoc}
   *
   * <p>What was handed over before and is not committed yet is dropped: the agent sends it again.
   */
  @Override
  public void opened(
      InstanceId instance, String spoolEpoch, Consumer<Map<Lane, Long>> storedThrough) {
    if (spoolEpoch.isEmpty() || spoolEpoch.length() > MAX_SPOOL_EPOCH_CHARS) {
      unstored.accept(
          instance, "a spool epoch of 1 to " + MAX_SPOOL_EPOCH_CHARS + " characters is needed");
      return;
    }
    waiting.open(instance, spoolEpoch, uptime.get(), storedThrough);
    schedule();
  }

  @Override
  public void received(
      InstanceId instance, String spoolEpoch, List<Report> reports, Consumer<Stored> answer) {
    Optional<String> problem = waiting.offer(instance, spoolEpoch, reports, uptime.get(), answer);
    if (problem.isPresent()) {
      LOG.warn("reports not taken instance={} reason=\"{}\"", instance, problem.get());
      unstored.accept(instance, problem.get());
    } else {
      schedule();
    }
  }

  private void schedule() {
    if (!waiting.isEmpty() && scheduled.compareAndSet(false, true)) {
      committer.execute(this::commit);
    }
  }

  private void commit() {
    List<Task> group = waiting.take();
    List<List<Reading>> readings = new ArrayList<>();
    group.forEach(task -> readings.add(task.reports().stream().map(Ingest::read).toList()));
    List<Optional<Runnable>> answers = new ArrayList<>();
    String problem = "it is not registered any more, or another spool took its place";
    try {
      if (!group.isEmpty()) {
        List<RunEnd> ends = new ArrayList<>();
        answers.addAll(store.write(write -> store(write, group, readings, ends)));
        commits.increment();
        ends.forEach(end -> endListeners.forEach(listener -> listener.accept(end)));
        listeners.forEach(Runnable::run);
      }
    } catch (RuntimeException e) {
      failures.increment();
      LOG.error("reports could not be stored, none of them is acknowledged", e);
      problem = "the coordinator can't store reports; try again";
      group.forEach(_ -> answers.add(Optional.empty()));
    }
    waiting.done(group);
    Set<Inlet> lost = new LinkedHashSet<>();
    for (int i = 0; i < group.size(); i++) {
      if (answers.get(i).isEmpty()) {
        lost.add(group.get(i).inlet());
      }
    }
    waiting.close(lost);
    scheduled.set(false);
    for (int i = 0; i < group.size(); i++) {
      // After another hello, the link that would be answered is no more.
      if (waiting.current(group.get(i).inlet())) {
        answers.get(i).ifPresent(Ingest::answer);
      }
    }
    for (Inlet inlet : lost) {
      if (waiting.current(inlet)) {
        unstored.accept(inlet.instance(), problem);
      }
    }
    schedule();
  }

  private static void answer(Runnable answer) {
    try {
      answer.run();
    } catch (RuntimeException e) {
      LOG.error("an acknowledgement failed", e);
    }
  }

  /** All of a group in one transaction; for each task its answer, or none if it was not taken. */
  private List<Optional<Runnable>> store(
      Write write, List<Task> group, List<List<Reading>> readings, List<RunEnd> ends) {
    Sight sight = new Sight(write);
    List<Optional<Runnable>> answers = new ArrayList<>();
    for (int i = 0; i < group.size(); i++) {
      answers.add(
          switch (group.get(i)) {
            case Task.Opening opening -> open(sight, opening);
            case Task.Batch batch -> store(sight, batch, readings.get(i));
          });
    }
    sight.deferred().write();
    ends.addAll(sight.ends());
    return answers;
  }

  private static Optional<Runnable> open(Sight sight, Task.Opening opening) {
    InstanceId instance = opening.inlet().instance();
    Optional<Lanes.Spool> spool = sight.spool(instance).filter(Lanes.Spool::active);
    if (spool.isEmpty()) {
      return Optional.empty();
    }
    if (!spool.get().epoch().equals(opening.epoch())) {
      sight.begin(instance, opening.epoch());
    }
    Map<Lane, Long> through = Map.copyOf(sight.through(instance));
    return Optional.of(() -> opening.answer().accept(through));
  }

  private Optional<Runnable> store(Sight sight, Task.Batch batch, List<Reading> readings) {
    InstanceId instance = batch.inlet().instance();
    Optional<Lanes.Spool> spool =
        sight.spool(instance).filter(s -> s.active() && s.epoch().equals(batch.epoch()));
    if (spool.isEmpty()) {
      return Optional.empty();
    }
    Map<Lane, Long> through = sight.through(instance);
    List<Refused> refusals = new ArrayList<>();
    Set<String> whole = new LinkedHashSet<>();
    EnumSet<Lane> moved = EnumSet.noneOf(Lane.class);
    int looked = 0;
    for (Reading reading : readings) {
      long sequence = reading.message.getSequence();
      if (sequence > through.getOrDefault(reading.lane, 0L)) {
        store(sight, instance, spool.get().number(), reading, whole)
            .ifPresent(reason -> refusals.add(new Refused(reading.lane, sequence, reason)));
        through.put(reading.lane, sequence);
        moved.add(reading.lane);
        looked++;
      }
    }
    moved.forEach(lane -> sight.deferred().put(instance, lane, through.getOrDefault(lane, 0L)));
    if (moved.contains(Lane.RESULTS)) {
      sight.drained(instance, through.getOrDefault(Lane.RESULTS, 0L));
    }
    Stored answer = new Stored(through, refusals, List.copyOf(whole));
    int count = looked;
    return Optional.of(() -> acknowledge(batch, answer, count));
  }

  private void acknowledge(Task.Batch batch, Stored answer, int count) {
    stored.add(count);
    refused.add(answer.refused().size());
    if (!answer.refused().isEmpty()) {
      LOG.warn(
          "reports refused instance={} count={} first=\"{}\"",
          batch.inlet().instance(),
          answer.refused().size(),
          answer.refused().getFirst().reason());
    }
    batch.answer().accept(answer);
  }

  /**
   * Stores one report; why not, if it can't be.
   *
   * @param whole gets the inventory types that are needed whole, and loses those that came
   */
  private Optional<String> store(
      Sight sight, InstanceId instance, long spoolEpochNumber, Reading reading, Set<String> whole) {
    if (reading.report.isEmpty()) {
      return Optional.of(reading.problem);
    }
    return switch (reading.report.get()) {
      case dev.holdfast.report.Report.Run run ->
          Recorder.run(sight, instance, spoolEpochNumber, run);
      case dev.holdfast.report.Report.Compliance put -> PutDesk.host(sight.write(), instance, put);
      case dev.holdfast.report.Report.Inventory all -> {
        whole.remove(all.typeName());
        InventoryDesk.Outcome outcome = inventory.whole(sight.write(), instance, all);
        yield told(sight, instance, all.typeName(), all.captureTime(), outcome, whole);
      }
      case dev.holdfast.report.Report.InventoryDelta delta -> {
        InventoryDesk.Outcome outcome = inventory.difference(sight.write(), instance, delta);
        yield told(sight, instance, delta.typeName(), delta.captureTime(), outcome, whole);
      }
    };
  }

  private static Optional<String> told(
      Sight sight,
      InstanceId instance,
      String type,
      Instant captured,
      InventoryDesk.Outcome outcome,
      Set<String> whole) {
    return switch (outcome) {
      case InventoryDesk.Outcome.Stored _ -> {
        if (type.equals(PatchItems.TYPE)) {
          List<Map<String, String>> updates = Forms.entries(sight.write().read(), instance, type);
          PutDesk.patches(sight.write(), instance, updates, captured);
        }
        yield Optional.empty();
      }
      case InventoryDesk.Outcome.Refused(var reason) -> Optional.of(reason);
      case InventoryDesk.Outcome.Whole _ -> {
        whole.add(type);
        yield Optional.empty();
      }
    };
  }

  private static Reading read(Report message) {
    Lane lane = Waiting.lane(message).orElseThrow();
    if (message.getSerializedSize() > Limits.MAX_REPORT_BYTES) {
      return new Reading(
          lane,
          message,
          Optional.empty(),
          "a report of more than " + Limits.MAX_REPORT_BYTES + " bytes");
    }
    try {
      return new Reading(lane, message, Optional.of(ReportCodec.fromProto(message)), "");
    } catch (WireException | IllegalArgumentException | DateTimeException e) {
      return new Reading(lane, message, Optional.empty(), String.valueOf(e.getMessage()));
    }
  }
}

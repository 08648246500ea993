package dev.holdfast.coordinator.ingest;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.link.Intake.Stored;
import dev.holdfast.report.Lane;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.ReportCodec;
import dev.holdfast.wire.agent.Report;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What links handed over and is not stored yet, in the order in which it came, bounded for each
 * instance and in all. Any thread may call it.
 */
final class Waiting {
  private final Deque<Task> queue = new ArrayDeque<>();
  private final Map<InstanceId, Inlet> inlets = new HashMap<>();
  private long bytes;
  private long reports;
  private Optional<Duration> committing = Optional.empty();

  /** What waits of one instance since its last hello. Belongs to the queue. */
  static final class Inlet {
    private final InstanceId instance;
    private int tasks;
    private int reports;
    private long bytes;
    private boolean open = true;

    private Inlet(InstanceId instance) {
      this.instance = instance;
    }

    InstanceId instance() {
      return instance;
    }
  }

  /** One thing to be stored, and whom to answer. */
  sealed interface Task {
    Inlet inlet();

    List<Report> reports();

    long bytes();

    /** When it came, in uptime. */
    Duration came();

    /** A hello. */
    record Opening(Inlet inlet, String epoch, Duration came, Consumer<Map<Lane, Long>> answer)
        implements Task {
      @Override
      public List<Report> reports() {
        return List.of();
      }

      @Override
      public long bytes() {
        return 0;
      }
    }

    /** Reports of a spool. */
    record Batch(
        Inlet inlet,
        String epoch,
        List<Report> reports,
        long bytes,
        Duration came,
        Consumer<Stored> answer)
        implements Task {}
  }

  /** An instance said hello: what it handed over before does not count any more. */
  synchronized void open(
      InstanceId instance, String epoch, Duration now, Consumer<Map<Lane, Long>> answer) {
    Inlet inlet = new Inlet(instance);
    Inlet before = inlets.put(instance, inlet);
    if (before != null) {
      drop(before);
    }
    add(new Task.Opening(inlet, epoch, now, answer));
  }

  /**
   * Takes reports, or nothing of this instance any more.
   *
   * @return empty if they wait or are not wanted; else why they were not taken
   */
  synchronized Optional<String> offer(
      InstanceId instance,
      String epoch,
      List<Report> reports,
      Duration now,
      Consumer<Stored> answer) {
    Inlet inlet = inlets.get(instance);
    if (inlet == null) {
      return Optional.of("reports before a hello");
    }
    if (!inlet.open) {
      return Optional.empty();
    }
    long size = reports.stream().mapToLong(Report::getSerializedSize).sum();
    Optional<String> problem = problem(inlet, reports, size);
    if (problem.isPresent()) {
      inlet.open = false;
    } else {
      add(new Task.Batch(inlet, epoch, List.copyOf(reports), size, now, answer));
    }
    return problem;
  }

  /** The next tasks for one transaction. They count as waiting until they are {@link #done}. */
  synchronized List<Task> take() {
    List<Task> group = new ArrayList<>();
    int rows = 0;
    while (!queue.isEmpty()) {
      rows += Math.max(1, queue.peek().reports().size());
      if (rows > Limits.MAX_COMMIT_REPORTS) {
        break;
      }
      group.add(queue.poll());
    }
    committing = group.stream().map(Task::came).findFirst();
    return group;
  }

  /** A transaction is over, whatever its outcome. */
  synchronized void done(List<Task> group) {
    group.forEach(this::forget);
    committing = Optional.empty();
  }

  /** How much waits, with what is being stored just now. */
  synchronized Ingest.Queue queue() {
    return new Ingest.Queue(
        reports, bytes, committing.or(() -> Optional.ofNullable(queue.peek()).map(Task::came)));
  }

  /** Takes nothing more of these until they say hello again, and drops what waits of them. */
  synchronized void close(Collection<Inlet> closed) {
    closed.forEach(this::drop);
  }

  /** Whether the instance has said no other hello since. */
  synchronized boolean current(Inlet inlet) {
    return inlets.get(inlet.instance) == inlet;
  }

  synchronized boolean isEmpty() {
    return queue.isEmpty();
  }

  private Optional<String> problem(Inlet inlet, List<Report> reports, long size) {
    if (reports.size() > Limits.MAX_BATCH_REPORTS) {
      return Optional.of(
          "a batch of " + reports.size() + " reports; at most " + Limits.MAX_BATCH_REPORTS);
    }
    if (inlet.reports + reports.size() > Limits.MAX_UNACKNOWLEDGED_REPORTS) {
      return Optional.of(
          "more than " + Limits.MAX_UNACKNOWLEDGED_REPORTS + " reports that are not acknowledged");
    }
    if (inlet.bytes + size > Limits.MAX_WAITING_BYTES) {
      return Optional.of("more than " + Limits.MAX_WAITING_BYTES + " bytes of reports that wait");
    }
    if (bytes + size > Limits.MAX_ALL_WAITING_BYTES) {
      return Optional.of("the coordinator has too much to store; try again");
    }
    boolean placed =
        reports.stream().allMatch(report -> lane(report).isPresent() && report.getSequence() > 0);
    return placed ? Optional.empty() : Optional.of("a report without a lane or a sequence");
  }

  /** The lane that a report says it is in, if it is one. */
  static Optional<Lane> lane(Report report) {
    return switch (report.getLane()) {
      case LANE_RESULTS, LANE_PROGRESS, LANE_INVENTORY ->
          Optional.of(ReportCodec.fromProto(report.getLane()));
      case LANE_UNSPECIFIED, UNRECOGNIZED -> Optional.empty();
    };
  }

  private void add(Task task) {
    queue.add(task);
    task.inlet().tasks++;
    task.inlet().reports += task.reports().size();
    task.inlet().bytes += task.bytes();
    bytes += task.bytes();
    reports += task.reports().size();
  }

  private void forget(Task task) {
    task.inlet().tasks--;
    task.inlet().reports -= task.reports().size();
    task.inlet().bytes -= task.bytes();
    bytes -= task.bytes();
    reports -= task.reports().size();
  }

  private void drop(Inlet inlet) {
    inlet.open = false;
    if (inlet.tasks > 0) {
      List<Task> own = new ArrayList<>();
      queue.removeIf(task -> task.inlet() == inlet && own.add(task));
      own.forEach(this::forget);
    }
  }
}

package dev.holdfast.simulation;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The one thread in which a fleet lives: what happens next is the earliest task, and of two at the
 * same moment the one that was made first. Everything that happens is written to a trace, whose
 * checksum tells whether two runs were the same.
 */
final class World {
  /** When every simulation begins. */
  static final Instant START = Instant.parse("2026-11-02T00:00:00Z");

  private static final int LINES_KEPT = 400;

  /** Lines with this text are printed: {@code -Dsimulation.trace=mi-...}. */
  private static final @Nullable String TRACED = System.getProperty("simulation.trace");

  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparing(Task::due).thenComparingLong(Task::number));
  private final CRC32C checksum = new CRC32C();
  private final Deque<String> trace = new ArrayDeque<>();
  private final SplittableRandom random;
  private Duration elapsed = Duration.ZERO;
  private Duration quietUntil = Duration.ZERO;
  private long count;
  private long steps;

  World(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /**
   * A source of randomness of its own, so that what one part draws does not change what another
   * draws.
   */
  RandomGenerator random() {
    return random.split();
  }

  Duration elapsed() {
    return elapsed;
  }

  long steps() {
    return steps;
  }

  /**
   * Until then nothing goes wrong: what only looks for that may wait, so that days pass as cheaply
   * as what is done in them.
   */
  void quietUntil(Duration end) {
    quietUntil = end;
  }

  /** How long something may wait that only looks for what went wrong. */
  Duration idle(Duration period) {
    Duration left = quietUntil.minus(elapsed);
    return left.compareTo(period) > 0 ? left : period;
  }

  /** Does the task after the delay. */
  Task after(Duration delay, Runnable work) {
    Task task = new Task(elapsed.plus(delay.isNegative() ? Duration.ZERO : delay), count++, work);
    tasks.add(task);
    return task;
  }

  void drop(Task task) {
    tasks.remove(task);
  }

  /** Lets everything happen until then; after each step, the check. */
  void runUntil(Duration end, Runnable check) {
    for (Task next = tasks.peek();
        next != null && next.due.compareTo(end) <= 0;
        next = tasks.peek()) {
      tasks.poll();
      elapsed = next.due;
      steps++;
      next.work.run();
      check.run();
    }
    elapsed = end;
  }

  /** Notes what happened. */
  void trace(String line) {
    String timed = elapsed.toMillis() + " " + line;
    if (TRACED != null && line.contains(TRACED)) {
      System.out.println(timed);
    }
    checksum.update(timed.getBytes(StandardCharsets.UTF_8));
    trace.addLast(timed);
    if (trace.size() > LINES_KEPT) {
      trace.removeFirst();
    }
  }

  /** The same for two runs in which the same happened. */
  long checksum() {
    return checksum.getValue();
  }

  /** The last lines of the trace. */
  String lastLines(int atMost) {
    return String.join("\n", trace.stream().skip(Math.max(0, trace.size() - atMost)).toList());
  }

  /** Something that will happen. */
  record Task(Duration due, long number, Runnable work) {}
}

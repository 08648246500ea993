package dev.holdfast.testing;

import dev.holdfast.task.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * Time that moves only when told. Tasks run inside {@link #advance}, in order of their time, then
 * of their making.
 */
public final class ManualTimers implements Timers {
  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparing((Task t) -> t.due).thenComparingLong(t -> t.number));
  private Duration uptime = Duration.ZERO;
  private Instant wall;
  private long count;

  /** Starts at a moment of the wall clock. */
  public ManualTimers(Instant start) {
    this.wall = start;
  }

  @Override
  public Instant now() {
    return wall;
  }

  @Override
  public Duration uptime() {
    return uptime;
  }

  @Override
  public Timer after(Duration delay, Runnable task) {
    Task waiting = new Task(uptime.plus(delay.isNegative() ? Duration.ZERO : delay), count++, task);
    tasks.add(waiting);
    return () -> tasks.remove(waiting);
  }

  /** Moves both clocks on, running what comes due on the way. */
  public void advance(Duration by) {
    Duration end = uptime.plus(by);
    for (Task next = tasks.peek();
        next != null && next.due.compareTo(end) <= 0;
        next = tasks.peek()) {
      tasks.poll();
      moveTo(next.due);
      next.work.run();
    }
    moveTo(end);
  }

  /** Steps the wall clock alone, as an administrator or NTP would. */
  public void step(Duration by) {
    wall = wall.plus(by);
  }

  /** How many tasks wait. */
  public int waiting() {
    return tasks.size();
  }

  private void moveTo(Duration target) {
    if (target.compareTo(uptime) > 0) {
      wall = wall.plus(target.minus(uptime));
      uptime = target;
    }
  }

  private static final class Task {
    private final Duration due;
    private final long number;
    private final Runnable work;

    Task(Duration due, long number, Runnable work) {
      this.due = due;
      this.number = number;
      this.work = work;
    }
  }
}

package dev.holdfast.agent.command;

import dev.holdfast.task.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Timers that any thread may set, and of which the test runs the tasks. */
final class Patience implements Timers {
  /** What waits for its time, the eldest first. */
  final BlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();

  @Override
  public Instant now() {
    return Instant.parse("2026-11-24T12:00:00Z");
  }

  @Override
  public Duration uptime() {
    return Duration.ZERO;
  }

  @Override
  public Timer after(Duration delay, Runnable task) {
    waiting.add(task);
    return () -> waiting.remove(task);
  }
}

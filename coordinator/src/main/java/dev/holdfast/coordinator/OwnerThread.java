package dev.holdfast.coordinator;

import dev.holdfast.task.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread that owns state, and time as that state sees it. */
final class OwnerThread implements Timers, Executor {
  private static final Logger LOG = LoggerFactory.getLogger("task");

  private final ScheduledThreadPoolExecutor thread;

  OwnerThread(String name) {
    this.thread =
        new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().name(name).daemon().factory());
    thread.setRemoveOnCancelPolicy(true);
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public Duration uptime() {
    return Duration.ofNanos(System.nanoTime());
  }

  @Override
  public Timer after(Duration delay, Runnable task) {
    try {
      ScheduledFuture<?> future =
          thread.schedule(() -> guarded(task), Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
      return () -> future.cancel(false);
    } catch (RejectedExecutionException e) {
      // the program is stopping: nothing is started any more
      return () -> {};
    }
  }

  @Override
  public void execute(Runnable task) {
    after(Duration.ZERO, task);
  }

  /** Repeats a task, the first time after one period. */
  void every(Duration period, Runnable task) {
    after(
        period,
        () -> {
          try {
            task.run();
          } finally {
            every(period, task);
          }
        });
  }

  /** Runs a task on the thread and waits for its end, for a while. */
  void await(Duration atMost, Runnable task) {
    CountDownLatch done = new CountDownLatch(1);
    execute(
        () -> {
          try {
            task.run();
          } finally {
            done.countDown();
          }
        });
    try {
      if (!done.await(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
        LOG.warn("a task did not end in time; going on without it");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Starts nothing more, and waits for what runs. */
  void stop() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(2, TimeUnit.SECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.error("a task failed", e);
    }
  }
}

package dev.holdfast.task;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * One thread that owns state, and time as that state sees it. Tasks may be given from any thread
 * and run one at a time, in the order of their moments. What is given after the end is dropped.
 */
public final class OwnerThread implements Timers, Executor, AutoCloseable {
  /** How long the end waits for the task that runs. */
  private static final Duration STOP = Duration.ofSeconds(2);

  private final Tempo tempo;
  private final Consumer<Throwable> failed;
  private final ScheduledThreadPoolExecutor thread;

  /**
   * Starts the thread when the first task comes. It does not keep the program alive.
   *
   * @param failed told what a task threw, on the thread; the next task runs all the same
   */
  public OwnerThread(String name, InstantSource clock, Consumer<Throwable> failed) {
    this(name, Tempo.of(clock), failed);
  }

  /** The same, with time that may pass faster. */
  public OwnerThread(String name, Tempo tempo, Consumer<Throwable> failed) {
    this.tempo = tempo;
    this.failed = failed;
    this.thread =
        new ScheduledThreadPoolExecutor(
            1,
            Thread.ofPlatform().name(name).daemon().factory(),
            new ThreadPoolExecutor.DiscardPolicy());
    thread.setRemoveOnCancelPolicy(true);
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public Instant now() {
    return tempo.now();
  }

  @Override
  public Duration uptime() {
    return tempo.uptime();
  }

  @Override
  public Timer after(Duration delay, Runnable task) {
    ScheduledFuture<?> future =
        thread.schedule(() -> perform(task), nanos(delay), TimeUnit.NANOSECONDS);
    return () -> future.cancel(false);
  }

  @Override
  public void execute(Runnable task) {
    after(Duration.ZERO, task);
  }

  /** What is to be done at once goes without a look at the time. */
  private long nanos(Duration delay) {
    return delay.isPositive() ? tempo.wait(delay).toNanos() : 0;
  }

  /** Repeats a task, the first time after one period. */
  public void every(Duration period, Runnable task) {
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

  /**
   * Runs a task on the thread and waits for its end, from another thread. What the task throws is
   * thrown here.
   *
   * @return whether it ended in time
   */
  public boolean await(Duration atMost, Runnable task) {
    FutureTask<Boolean> awaited = new FutureTask<>(task, true);
    execute(awaited);
    try {
      return awaited.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a task on the owner's thread failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Drops what waits, and waits a little for what runs. From another thread. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void perform(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      failed.accept(e);
    }
  }
}

package dev.holdfast.task;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * One thread that owns state, and time as that state sees it. Tasks may be given from any thread
 * and run one at a time: those for at once in the order in which they were given, those that wait
 * for their moment in the order of these. Neither keeps the other from its turn. What is given
 * after the end is dropped.
 */
public final class OwnerThread implements Timers, Executor, AutoCloseable {
  /** How long the end waits for the task that runs. */
  private static final Duration STOP = Duration.ofSeconds(2);

  /** Tasks for at once that run before those whose moment has come get their turn. */
  private static final int AT_ONCE = 100;

  private final Tempo tempo;
  private final Consumer<Throwable> failed;
  private final ScheduledThreadPoolExecutor thread;

  // Most tasks are for at once, and come from threads of the network thousands at a time: each is
  // only added here, where nobody waits for a lock, and the thread is woken once for many.
  private final Queue<Runnable> atOnce = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean woken = new AtomicBoolean();

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
    if (!delay.isPositive()) {
      AtomicBoolean dropped = new AtomicBoolean();
      execute(
          () -> {
            if (!dropped.get()) {
              task.run();
            }
          });
      return () -> dropped.set(true);
    }
    ScheduledFuture<?> future =
        thread.schedule(() -> perform(task), tempo.wait(delay).toNanos(), TimeUnit.NANOSECONDS);
    return () -> future.cancel(false);
  }

  @Override
  public void execute(Runnable task) {
    if (!thread.isShutdown()) {
      atOnce.add(task);
      wake();
    }
  }

  private void wake() {
    if (woken.compareAndSet(false, true)) {
      thread.execute(this::turn);
    }
  }

  private void turn() {
    try {
      for (int i = 0; i < AT_ONCE && !thread.isShutdown(); i++) {
        Runnable task = atOnce.poll();
        if (task == null) {
          break;
        }
        perform(task);
      }
    } finally {
      woken.set(false);
      if (!atOnce.isEmpty()) { // more than a turn's, or given since the last look
        wake();
      }
    }
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

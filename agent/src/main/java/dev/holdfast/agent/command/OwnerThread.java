package dev.holdfast.agent.command;

import dev.holdfast.task.Timers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The one thread that a command's runner lives on, with the host's clocks. Tasks may be given from
 * any thread.
 */
public final class OwnerThread implements Timers, AutoCloseable {
  private final Clock clock;
  private final Consumer<Throwable> failed;
  private final long start = System.nanoTime();
  private final ScheduledThreadPoolExecutor thread;

  /**
   * Starts the thread when the first task comes.
   *
   * @param failed told what a task threw, on the thread
   */
  public OwnerThread(Clock clock, Consumer<Throwable> failed) {
    this.clock = clock;
    this.failed = failed;
    this.thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread owner = new Thread(task, "owner");
              owner.setDaemon(true);
              return owner;
            });
    thread.setRemoveOnCancelPolicy(true);
    // After the end, what the network or a worker still posts is of no interest.
    thread.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
  }

  @Override
  public Instant now() {
    return clock.instant();
  }

  @Override
  public Duration uptime() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  @Override
  public Timer after(Duration delay, Runnable task) {
    ScheduledFuture<?> future =
        thread.schedule(
            () -> {
              try {
                task.run();
              } catch (RuntimeException | Error e) {
                failed.accept(e);
              }
            },
            Math.max(0, delay.toNanos()),
            TimeUnit.NANOSECONDS);
    return () -> future.cancel(false);
  }

  /** Drops what waits. */
  @Override
  public void close() {
    thread.shutdownNow();
  }
}

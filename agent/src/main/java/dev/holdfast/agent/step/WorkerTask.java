package dev.holdfast.agent.step;

import dev.holdfast.agent.step.Performer.Performance;
import dev.holdfast.task.Timers;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Something that is done on a worker and can be given up: the worker is then interrupted, and who
 * gave it up hears of it when the worker has let go. What it comes to is told on the owner's
 * thread.
 */
final class WorkerTask<T> implements Performance {
  private final Timers timers;
  private final Work<T> work;
  private final Consumer<T> told;
  private @Nullable Thread worker;
  private boolean givenUp;
  private boolean over;

  /** The owner's alone. */
  private boolean stopped;

  /** Told when it is over, if it was given up; the owner's alone. */
  private @Nullable Runnable gone;

  private WorkerTask(Timers timers, Work<T> work, Consumer<T> told) {
    this.timers = timers;
    this.work = work;
    this.told = told;
  }

  /** What is done. */
  interface Work<T> {
    /** Does it; what fails is told by the result. */
    T result() throws InterruptedException;
  }

  /**
   * Begins.
   *
   * @param timers of the owner
   * @param told the result, on the owner's thread, unless it is given up
   */
  static <T> WorkerTask<T> begin(Executor workers, Timers timers, Work<T> work, Consumer<T> told) {
    WorkerTask<T> task = new WorkerTask<>(timers, work, told);
    workers.execute(task::run);
    return task;
  }

  @Override
  public void stop(Runnable then) {
    stopped = true;
    synchronized (this) {
      if (!over) {
        givenUp = true;
        gone = then;
        if (worker != null) {
          worker.interrupt();
        }
        return;
      }
    }
    timers.after(Duration.ZERO, then);
  }

  private void run() {
    Runnable last = () -> {};
    synchronized (this) {
      if (givenUp) {
        end(last);
        return;
      }
      worker = Thread.currentThread();
    }
    try {
      T result = work.result();
      last = () -> told.accept(result);
    } catch (InterruptedException e) {
      // Given up, or the program ends: nobody waits for a result.
    } finally {
      end(last);
    }
  }

  private void end(Runnable last) {
    synchronized (this) {
      over = true;
      worker = null;
      // An interrupt that came late is not for what this worker does next.
      Thread.interrupted();
    }
    timers.after(
        Duration.ZERO,
        () -> {
          Runnable then = gone;
          if (then != null) {
            then.run();
          } else if (!stopped) {
            last.run();
          }
        });
  }
}

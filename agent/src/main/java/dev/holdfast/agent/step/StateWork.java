package dev.holdfast.agent.step;

import dev.holdfast.agent.state.Keeper;
import dev.holdfast.agent.state.Turns;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.Timers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does the tasks of {@code state:} steps on threads of its own, since a package manager can take an
 * hour. Of those that need the same thing for themselves, the package manager say, one goes on at a
 * time; the others hold no thread while they wait.
 */
public final class StateWork {
  private static final Logger LOG = LoggerFactory.getLogger("state");

  private final Keeper keeper;
  private final Executor hands;
  private final Timers timers;
  private final Turns turns = new Turns();

  /**
   * With what does the work.
   *
   * @param hands runs each task in a thread that is free for it
   * @param timers of the owner
   */
  public StateWork(Keeper keeper, Executor hands, Timers timers) {
    this.keeper = keeper;
    this.hands = hands;
    this.timers = timers;
  }

  Performer.Performance perform(Task.State task, Path folder, Consumer<Outcome> outcome) {
    One one = new One(task, folder, outcome);
    one.begin();
    return one;
  }

  /** One task. On the owner's thread, but for {@link #work}. */
  private final class One implements Performer.Performance {
    private final Task.State task;
    private final Path folder;
    private final Consumer<Outcome> outcome;
    private final Optional<String> needed;
    private Turns.@Nullable Turn turn;
    private boolean running;
    private boolean over;
    private Consumer<String> waits = reason -> {};
    private Runnable stopped = () -> {};
    private @Nullable Thread thread;

    One(Task.State task, Path folder, Consumer<Outcome> outcome) {
      this.task = task;
      this.folder = folder;
      this.outcome = outcome;
      this.needed = task.audit() ? Optional.empty() : Turns.needed(task.resource());
    }

    void begin() {
      if (needed.isEmpty()) {
        come();
        return;
      }
      if (turns.taken(needed.get())) {
        LOG.info("waiting for the {} step={}", needed.get(), task.step());
      }
      turn = turns.take(needed.get(), this::come);
    }

    private void come() {
      running = true;
      waits.accept("");
      hands.execute(this::work);
    }

    @Override
    public void onWaiting(Consumer<String> told) {
      if (!running && !over) {
        waits = told;
        told.accept("waiting: another step has the " + needed.orElse(""));
      }
    }

    private void work() {
      Optional<Keeper.Result> result = Optional.empty();
      String failure = "";
      if (enter()) {
        try {
          result = keeper.keep(task.order(), folder);
        } catch (RuntimeException e) {
          LOG.error("a state step failed unexpectedly step={}", task.step(), e);
          failure = e.toString();
        } finally {
          leave();
        }
      }
      Optional<Keeper.Result> last = result;
      String reason = failure;
      timers.after(Duration.ZERO, () -> ended(last, reason));
    }

    private synchronized boolean enter() {
      thread = Thread.currentThread();
      return !over;
    }

    private synchronized void leave() {
      thread = null;
      // The thread may do something else next.
      var _ = Thread.interrupted();
    }

    private void ended(Optional<Keeper.Result> result, String failure) {
      giveBack();
      if (over) {
        stopped.run();
        return;
      }
      if (result.isEmpty() && failure.isEmpty()) {
        // The agent ends; its next life begins the task anew.
        return;
      }
      over = true;
      outcome.accept(
          result.map(One::outcome).orElseGet(() -> Outcome.failed("FAILED: " + failure)));
    }

    private static Outcome outcome(Keeper.Result result) {
      return new Outcome(
          result.well() ? RunStatus.SUCCESS : RunStatus.FAILED,
          result.well() ? 0 : 1,
          result.stdout(),
          result.stderr(),
          result.changed(),
          result.drift(),
          result.reason());
    }

    @Override
    public void stop(Runnable gone) {
      boolean was = over;
      interrupt();
      if (running && !was) {
        stopped = gone;
      } else {
        giveBack();
        timers.after(Duration.ZERO, gone);
      }
    }

    private synchronized void interrupt() {
      over = true;
      if (thread != null) {
        thread.interrupt();
      }
    }

    private void giveBack() {
      if (turn != null) {
        turns.end(needed.orElseThrow(), turn);
        turn = null;
      }
    }
  }
}

package dev.holdfast.agent.step;

import dev.holdfast.agent.inventory.Gatherer;
import dev.holdfast.report.Report;
import dev.holdfast.task.Timers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Does tasks on a worker, since they take a while. What inventory finds is handed to whoever sends
 * it before the outcome is told.
 */
public final class Workbench implements Performer {
  private final Gatherer gatherer;
  private final Executor worker;
  private final Timers timers;
  private final Consumer<List<Report.Inventory>> gathered;
  private final StateWork states;

  /**
   * With the worker.
   *
   * @param states does what keeps the state of the host
   * @param timers of the owner
   * @param gathered takes what was found, on the owner's thread
   */
  public Workbench(
      Gatherer gatherer,
      Executor worker,
      Timers timers,
      Consumer<List<Report.Inventory>> gathered,
      StateWork states) {
    this.gatherer = gatherer;
    this.worker = worker;
    this.timers = timers;
    this.gathered = gathered;
    this.states = states;
  }

  @Override
  public Performance perform(Task task, Path folder, Consumer<Outcome> outcome) {
    return switch (task) {
      case Task.Gathering(var types) -> gather(types, outcome);
      case Task.State state -> states.perform(state, folder, outcome);
    };
  }

  private Performance gather(Set<String> types, Consumer<Outcome> outcome) {
    boolean[] stopped = {false};
    worker.execute(
        () -> {
          Runnable told;
          try {
            List<Report.Inventory> found = gatherer.gather(types);
            told = () -> handOn(found, outcome);
          } catch (RuntimeException e) {
            String reason = "GatheringFailed: " + e.getMessage();
            told = () -> outcome.accept(Outcome.failed(reason));
          }
          Runnable last = told;
          timers.after(
              Duration.ZERO,
              () -> {
                if (!stopped[0]) {
                  last.run();
                }
              });
        });
    return gone -> {
      // It only reads: what is left of it changes nothing.
      stopped[0] = true;
      timers.after(Duration.ZERO, gone);
    };
  }

  private void handOn(List<Report.Inventory> found, Consumer<Outcome> outcome) {
    gathered.accept(found);
    StringBuilder text = new StringBuilder();
    for (Report.Inventory one : found) {
      text.append(one.typeName()).append(' ').append(one.items().size()).append('\n');
    }
    outcome.accept(Outcome.done(text.toString()));
  }
}

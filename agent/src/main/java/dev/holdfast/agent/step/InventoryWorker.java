package dev.holdfast.agent.step;

import dev.holdfast.agent.inventory.Gatherer;
import dev.holdfast.report.Report;
import dev.holdfast.task.Timers;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Gathers inventory on a worker, since that takes a while, and hands it on: the gathered types to
 * whoever sends them, the outcome to whoever asked. Both on the owner's thread.
 */
public final class InventoryWorker {
  private final Gatherer gatherer;
  private final Executor worker;
  private final Timers timers;
  private final Consumer<List<Report.Inventory>> gathered;

  /**
   * With the worker.
   *
   * @param timers of the owner
   * @param gathered takes what was found, on the owner's thread
   */
  public InventoryWorker(
      Gatherer gatherer,
      Executor worker,
      Timers timers,
      Consumer<List<Report.Inventory>> gathered) {
    this.gatherer = gatherer;
    this.worker = worker;
    this.timers = timers;
    this.gathered = gathered;
  }

  /** How it went. */
  public sealed interface Outcome {
    /** It went well; a line a type, for people. */
    record Done(String text) implements Outcome {}

    /** It did not. */
    record Failed(String reason) implements Outcome {}
  }

  /** Begins; the outcome comes later. What was found is handed on before it. */
  public void gather(Set<String> types, Consumer<Outcome> outcome) {
    worker.execute(
        () -> {
          try {
            List<Report.Inventory> found = gatherer.gather(types);
            timers.after(Duration.ZERO, () -> handOn(found, outcome));
          } catch (RuntimeException e) {
            timers.after(
                Duration.ZERO,
                () -> outcome.accept(new Outcome.Failed("GatheringFailed: " + e.getMessage())));
          }
        });
  }

  private void handOn(List<Report.Inventory> found, Consumer<Outcome> outcome) {
    gathered.accept(found);
    StringBuilder text = new StringBuilder();
    for (Report.Inventory one : found) {
      text.append(one.typeName()).append(' ').append(one.items().size()).append('\n');
    }
    outcome.accept(new Outcome.Done(text.toString()));
  }
}

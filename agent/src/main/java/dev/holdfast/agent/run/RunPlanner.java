package dev.holdfast.agent.run;

import dev.holdfast.agent.policy.Standing;
import dev.holdfast.agent.run.RunPlan.Planning;
import dev.holdfast.agent.step.StepPlanner;
import dev.holdfast.document.DocumentReading;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** Plans runs: what their documents say, and what the host allows of it. */
final class RunPlanner {
  private final RecentDocuments documents;
  private final StepPlanner planner;
  private final HostPermission permission;

  /**
   * For one host.
   *
   * @param reader reads the bytes of a document
   * @param policy what the host allows, as it was seen last
   */
  RunPlanner(
      Function<byte[], DocumentReading> reader, StepPlanner planner, Supplier<Standing> policy) {
    this.documents = new RecentDocuments(reader);
    this.planner = planner;
    this.permission = new HostPermission(documents, policy);
  }

  /**
   * The plan of a run. What the host allows is asked for only if nothing of it has started. To plan
   * touches nothing but memory, so what a document broke ends with it: it alone is refused.
   */
  Planning plan(RunIntent intent, RunState state) {
    try {
      Planning planning =
          RunPlan.of(
              documents.read(intent.document()),
              intent.values(),
              intent.request().assignment().audit(),
              intent.depth() > 0,
              planner);
      return state instanceof RunState.Ready && planning instanceof Planning.Planned(var plan)
          ? permission.of(intent, plan)
          : planning;
    } catch (RuntimeException | Error e) {
      return new Planning.Refused(Runner.PARKED, "to read it breaks the agent: " + e, List.of());
    }
  }
}

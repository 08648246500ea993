package dev.holdfast.agent.run;

import dev.holdfast.agent.step.StepPlanner;
import dev.holdfast.agent.step.Work;
import dev.holdfast.document.Document;
import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.DocumentReading;
import dev.holdfast.document.ParameterRules;
import dev.holdfast.document.Plugins;
import dev.holdfast.document.Problem;
import dev.holdfast.document.StateInputs;
import dev.holdfast.document.Step;
import dev.holdfast.document.StepFlow;
import dev.holdfast.document.StepFlow.Modifiers;
import dev.holdfast.document.StepFlow.Past;
import dev.holdfast.document.StepFlow.Verdict;
import dev.holdfast.document.Value;
import dev.holdfast.report.Output;
import dev.holdfast.report.RunStatus;
import dev.holdfast.report.StepResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a run does, computed from its request and nothing else, so that a later life of the agent
 * computes the same.
 */
final class RunPlan {
  private final Document document;
  private final Map<String, Value> values;
  private final boolean audit;
  private final StepPlanner planner;

  private RunPlan(
      Document document, Map<String, Value> values, boolean audit, StepPlanner planner) {
    this.document = document;
    this.values = values;
    this.audit = audit;
    this.planner = planner;
  }

  /** What planning came to. */
  sealed interface Planning {
    /** The run can start. */
    record Planned(RunPlan plan) implements Planning {}

    /**
     * It can't, and nothing of it starts.
     *
     * @param detailedStatus a word
     * @param reason for people
     * @param steps of the document, none if it can't be read
     */
    record Refused(String detailedStatus, String reason, List<Step> steps) implements Planning {
      /** Copies the list. */
      public Refused {
        steps = List.copyOf(steps);
      }

      /** The run's end: each of its steps is skipped, and says why. */
      RunState ended(Instant now) {
        List<StepResult> results =
            steps.stream()
                .map(
                    step ->
                        new StepResult(
                            step.name(),
                            step.action(),
                            RunStatus.SKIPPED,
                            0,
                            0,
                            Optional.empty(),
                            Optional.empty(),
                            false,
                            List.of(),
                            Output.NONE,
                            Output.NONE,
                            Reasons.bounded(detailedStatus + ": " + reason)))
                .toList();
        return new RunState.Ended(results, RunStatus.FAILED, detailedStatus, now);
      }
    }
  }

  /** Plans a run. */
  static Planning of(
      byte[] documentBytes, Map<String, Value> given, boolean audit, StepPlanner planner) {
    DocumentReading reading = DocumentReader.read(documentBytes);
    if (reading.document().isEmpty()) {
      return new Planning.Refused(
          "InvalidDocument",
          "the document can't be read: "
              + String.join("; ", reading.errors().stream().limit(3).map(Problem::text).toList()),
          List.of());
    }
    Document document = reading.document().get();
    ParameterRules.Check check = ParameterRules.check(document, given);
    if (!check.missing().isEmpty()) {
      return new Planning.Refused(
          "MissingParameter",
          "no value for the required parameter " + String.join(", ", check.missing()),
          document.steps());
    }
    if (!check.errors().isEmpty()) {
      return new Planning.Refused(
          "InvalidParameters", String.join("; ", check.errors()), document.steps());
    }
    Set<String> unresolved = new TreeSet<>();
    for (Step step : document.steps()) {
      unresolved.addAll(planner.unresolved(step, document, check.values()));
    }
    if (!unresolved.isEmpty()) {
      return new Planning.Refused(
          "UnresolvedParameter",
          "stored parameters are filled in by the coordinator; without a value here: "
              + String.join(", ", unresolved),
          document.steps());
    }
    if (audit && document.steps().stream().noneMatch(step -> audited(step.action()))) {
      return new Planning.Refused(
          "NothingToAudit",
          "no step of the document can be audited; state: steps and "
              + Plugins.SOFTWARE_INVENTORY
              + " can",
          document.steps());
    }
    return new Planning.Planned(new RunPlan(document, check.values(), audit, planner));
  }

  /** How many steps there are. */
  int size() {
    return document.steps().size();
  }

  /** A step, by its index. */
  Step step(int index) {
    return document.steps().get(index);
  }

  /** What control flow the step's inputs ask for. */
  Modifiers modifiers(int index) {
    return Modifiers.of(planner.inputs(step(index), document, values));
  }

  /** Whether the step after these results runs. */
  Verdict judge(List<StepResult> results) {
    int next = results.size();
    List<Past> past = new ArrayList<>();
    for (int i = 0; i < next; i++) {
      past.add(new Past(results.get(i).status(), results.get(i).exitCode(), modifiers(i)));
    }
    Verdict verdict =
        StepFlow.judge(
            document.schemaVersion(),
            step(next),
            next == size() - 1,
            modifiers(next),
            past,
            values,
            planner.host().platform());
    boolean leftOut = audit && verdict instanceof Verdict.Run && !audited(step(next).action());
    return leftOut
        ? new Verdict.Skip("audit: " + step(next).action() + " can't tell without changing")
        : verdict;
  }

  /** What a step comes to. */
  Work work(int index) {
    Work work = planner.work(step(index), document, values);
    return audit && work instanceof Work.Inside(var task, var timeout, var note)
        ? new Work.Inside(task.audited(), timeout, note)
        : work;
  }

  /** How often a step that fails is tried. */
  int maxAttempts(int index) {
    return step(index).maxAttempts().orElse(1);
  }

  private static boolean audited(String action) {
    return action.equals(Plugins.SOFTWARE_INVENTORY) || StateInputs.describes(action);
  }
}

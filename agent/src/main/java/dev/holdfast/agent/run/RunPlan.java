package dev.holdfast.agent.run;

import dev.holdfast.agent.step.StepPlanner;
import dev.holdfast.agent.step.Work;
import dev.holdfast.document.Document;
import dev.holdfast.document.DocumentReading;
import dev.holdfast.document.JsonText;
import dev.holdfast.document.ParameterDefinition;
import dev.holdfast.document.ParameterDefinition.Type;
import dev.holdfast.document.ParameterRules;
import dev.holdfast.document.Plugins;
import dev.holdfast.document.Problem;
import dev.holdfast.document.SecretReferences;
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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a run does, computed from its request and nothing else, so that a later life of the agent
 * computes the same.
 */
final class RunPlan {
  private final Document document;
  private final Map<String, Value> values;
  private final boolean audit;
  private final boolean nested;
  private final StepPlanner planner;

  private RunPlan(
      Document document,
      Map<String, Value> values,
      boolean audit,
      boolean nested,
      StepPlanner planner) {
    this.document = document;
    this.values = values;
    this.audit = audit;
    this.nested = nested;
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
      RunState.Ended ended(Instant now) {
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
      DocumentReading reading, Map<String, Value> given, boolean audit, StepPlanner planner) {
    return of(reading, given, audit, false, planner);
  }

  /**
   * Plans a run.
   *
   * @param nested whether a step of another run runs the document: values that it does not declare
   *     are left out then, numbers and truths can't differ from their defaults, and its steps can't
   *     ask for a reboot (spec.md sections 1.4 and 2.7)
   */
  static Planning of(
      DocumentReading reading,
      Map<String, Value> given,
      boolean audit,
      boolean nested,
      StepPlanner planner) {
    if (reading.document().isEmpty()) {
      return new Planning.Refused(
          "InvalidDocument",
          "the document can't be read: "
              + String.join("; ", reading.errors().stream().limit(3).map(Problem::text).toList()),
          List.of());
    }
    Document document = reading.document().get();
    ParameterRules.Check check =
        ParameterRules.check(document, nested ? declared(document, given) : given);
    if (!check.missing().isEmpty()) {
      return new Planning.Refused(
          "MissingParameter",
          "no value for the required parameter " + String.join(", ", check.missing()),
          document.steps());
    }
    List<String> errors = new ArrayList<>(check.errors());
    if (nested) {
      errors.addAll(overridden(document, check.values()));
    }
    if (!errors.isEmpty()) {
      return new Planning.Refused("InvalidParameters", String.join("; ", errors), document.steps());
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
    List<String> misplaced = SecretReferences.in(document, check.values()).misplaced();
    if (!misplaced.isEmpty()) {
      return new Planning.Refused(
          "InvalidParameters", String.join("; ", misplaced), document.steps());
    }
    if (audit && document.steps().stream().noneMatch(step -> audited(step.action()))) {
      return new Planning.Refused(
          "NothingToAudit",
          "no step of the document can be audited; state: steps and "
              + Plugins.SOFTWARE_INVENTORY
              + " can",
          document.steps());
    }
    return new Planning.Planned(new RunPlan(document, check.values(), audit, nested, planner));
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
    return looking(planner.work(step(index), document, values));
  }

  /** In an audit tasks look only. */
  private Work looking(Work work) {
    return audit && work instanceof Work.Inside(var task, var timeout, var note)
        ? new Work.Inside(task.audited(), timeout, note)
        : work;
  }

  /**
   * What a step comes to.
   *
   * @param secrets values of SecureStrings, by their references
   */
  Work work(int index, Map<String, String> secrets) {
    return looking(planner.work(step(index), document, values, secrets));
  }

  /** The SecureStrings that the run refers to, as they are written. */
  Set<String> secrets() {
    return SecretReferences.in(document, values).names();
  }

  /** Those that one step needs. */
  Set<String> secrets(int index) {
    return SecretReferences.of(step(index), document, values);
  }

  /**
   * Whether values with secrets in them break what the document asks of its parameters: a reason
   * that tells nothing of them, or empty if all is well.
   */
  Optional<String> unfit(Map<String, String> secrets) {
    Map<String, Value> filled = SecretReferences.inEnvironment(document, values, secrets);
    List<String> wrong =
        document.parameters().values().stream()
            .map(ParameterDefinition::name)
            .filter(name -> !Objects.equals(filled.get(name), values.get(name)))
            .filter(name -> !ParameterRules.fits(document, name, filled))
            .toList();
    return wrong.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "InvalidParameters: with the SecureString that it refers to, the value of the parameter"
                + " "
                + String.join(", ", wrong)
                + " is not one that the document allows");
  }

  /** A run that can't have its SecureStrings, or may not. */
  Planning.Refused refused(String reason) {
    int colon = reason.indexOf(": ");
    return new Planning.Refused(
        reason.substring(0, colon), reason.substring(colon + 2), document.steps());
  }

  /** How long a part or a task may take. */
  Duration timeout(StepAttempt at) {
    return switch (work(at.step())) {
      case Work.Scripts(var scripts) -> scripts.get(at.part()).timeout();
      case Work.Inside(var _, var timeout, var _) -> timeout;
      case Work.Child _, Work.Nothing _, Work.Refused _ -> Duration.ZERO;
    };
  }

  /**
   * What is left of the time of a step that runs a document: it began with the step, in whatever
   * life. Empty if nobody bounds it.
   */
  Optional<Duration> childTimeout(StepAttempt at, Instant now) {
    Duration gone = Duration.between(at.begun(), now);
    return work(at.step()) instanceof Work.Child(var _, var _, var timeout)
        ? timeout.map(all -> all.minus(gone.isNegative() ? Duration.ZERO : gone))
        : Optional.empty();
  }

  /** How often a step that fails is tried. */
  int maxAttempts(int index) {
    return step(index).maxAttempts().orElse(1);
  }

  /** Whether a step of another run runs it. */
  boolean nested() {
    return nested;
  }

  private static Map<String, Value> declared(Document document, Map<String, Value> given) {
    Map<String, Value> declared = new TreeMap<>(given);
    declared.keySet().retainAll(document.parameters().keySet());
    return declared;
  }

  /** The numbers and truths that differ from their defaults. */
  private static List<String> overridden(Document document, Map<String, Value> values) {
    List<String> errors = new ArrayList<>();
    for (ParameterDefinition definition : document.parameters().values()) {
      Type type = definition.type();
      Optional<Value> fallback = definition.defaultValue();
      Value value = values.get(definition.name());
      if ((type == Type.INTEGER || type == Type.BOOLEAN)
          && value != null
          && fallback.isPresent()
          && !JsonText.inText(value).equals(JsonText.inText(fallback.get()))) {
        errors.add(
            "'"
                + definition.name()
                + "' is "
                + JsonText.inText(value)
                + "; in a document that another one runs, an "
                + type.text()
                + " can't differ from its default, "
                + JsonText.inText(fallback.get()));
      }
    }
    return errors;
  }

  private static boolean audited(String action) {
    return action.equals(Plugins.SOFTWARE_INVENTORY) || StateInputs.describes(action);
  }
}

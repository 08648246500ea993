package dev.holdfast.document;

import dev.holdfast.report.RunStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The rules of control flow (spec.md section 1.6): whether the next step runs, what an exit code
 * means, and what the statuses of the steps come to.
 */
public final class StepFlow {
  /** Ends the document well: this step is a success, the rest is skipped. */
  public static final int EXIT_SUCCESS = 168;

  /** Ends the document badly: this step failed, the rest is skipped. */
  public static final int EXIT_FAILURE = 169;

  /** Asks for a reboot, after which the same step runs again. */
  public static final int EXIT_REBOOT = 194;

  private StepFlow() {}

  /**
   * What a step's inputs say about control flow.
   *
   * @param exitOnFailure {@code onFailure: exit}
   * @param successAndExitOnFailure {@code onFailure: successAndExit}
   * @param exitOnSuccess {@code onSuccess: exit}
   * @param finallyStep {@code finallyStep: true}; counts only on the last step
   */
  public record Modifiers(
      boolean exitOnFailure,
      boolean successAndExitOnFailure,
      boolean exitOnSuccess,
      boolean finallyStep) {

    /** Nothing special. */
    public static final Modifiers NONE = new Modifiers(false, false, false, false);

    /** From the substituted inputs of a step. In a list of inputs these keys are ignored. */
    public static Modifiers of(Value inputs) {
      if (!(inputs instanceof Value.Fields(var fields))) {
        return NONE;
      }
      String onFailure = text(fields, "onFailure");
      return new Modifiers(
          onFailure.equals("exit"),
          onFailure.equals("successAndExit"),
          text(fields, "onSuccess").equals("exit"),
          text(fields, "finallyStep").equals("true"));
    }

    private static String text(Map<String, Value> fields, String name) {
      Value value = fields.get(name);
      return value == null ? "" : JsonText.inText(value);
    }
  }

  /** A step that has ended, as far as control flow cares. */
  public record Past(RunStatus status, int exitCode, Modifiers modifiers) {}

  /** Whether a step runs. */
  public sealed interface Verdict {
    /** It does. */
    record Run() implements Verdict {}

    /** It doesn't, and that is fine. */
    record Skip(String reason) implements Verdict {}

    /** It can't. */
    record Fail(String reason) implements Verdict {}
  }

  /**
   * Whether the next step runs.
   *
   * @param schemaVersion of the document
   * @param step the next one
   * @param last whether it is the document's last
   * @param modifiers of the next one
   * @param past the steps before it
   * @param values the parameters
   * @param platform {@code Linux}, {@code Windows} or {@code MacOS}
   */
  public static Verdict judge(
      String schemaVersion,
      Step step,
      boolean last,
      Modifiers modifiers,
      List<Past> past,
      Map<String, Value> values,
      String platform) {
    Optional<String> ended = endedBy(past);
    if (ended.isPresent() && !(last && modifiers.finallyStep())) {
      return new Verdict.Skip(ended.get());
    }
    boolean preconditions = schemaVersion.equals("2.2");
    if (step.precondition().isPresent() && !preconditions) {
      return new Verdict.Fail("preconditions need schema version 2.2; this is " + schemaVersion);
    }
    boolean known = Plugins.platforms(step.action()).isPresent();
    if (known && !Plugins.platforms(step.action()).orElseThrow().contains(platform)) {
      String reason = step.action() + " does not exist on " + platform;
      return preconditions ? new Verdict.Skip(reason) : new Verdict.Fail(reason);
    }
    Preconditions.Verdict precondition =
        step.precondition()
            .map(written -> Preconditions.judge(written, values, platform))
            .orElse(new Preconditions.Verdict.Holds());
    return switch (precondition) {
      case Preconditions.Verdict.DoesNot(var reason) -> new Verdict.Skip(reason);
      case Preconditions.Verdict.Malformed(var reason) -> new Verdict.Fail(reason);
      case Preconditions.Verdict.Holds _ ->
          known
              ? new Verdict.Run()
              : new Verdict.Fail("the plugin " + step.action() + " is not known");
    };
  }

  /**
   * How a step's process ended, in the document's terms: 168 and successAndExit make a success of
   * it.
   */
  public static Past ended(RunStatus status, int exitCode, Modifiers modifiers) {
    if (exitCode == EXIT_SUCCESS && status == RunStatus.FAILED) {
      return new Past(RunStatus.SUCCESS, exitCode, modifiers);
    }
    if (status == RunStatus.FAILED
        && exitCode != EXIT_FAILURE
        && modifiers.successAndExitOnFailure()) {
      return new Past(RunStatus.SUCCESS, EXIT_SUCCESS, modifiers);
    }
    return new Past(status, exitCode, modifiers);
  }

  /**
   * What the statuses of all steps come to: the worst; steps that were skipped count as well done.
   */
  public static RunStatus rollUp(List<RunStatus> steps) {
    for (RunStatus worst :
        List.of(
            RunStatus.FAILED, RunStatus.INTERRUPTED, RunStatus.TIMED_OUT, RunStatus.CANCELLED)) {
      if (steps.contains(worst)) {
        return worst;
      }
    }
    return RunStatus.SUCCESS;
  }

  private static Optional<String> endedBy(List<Past> past) {
    for (Past step : past) {
      if (step.exitCode == EXIT_SUCCESS || step.exitCode == EXIT_FAILURE) {
        return Optional.of("an earlier step ended the document with exit code " + step.exitCode);
      }
      if (step.status == RunStatus.FAILED && step.modifiers.exitOnFailure) {
        return Optional.of("an earlier step failed, and its onFailure is exit");
      }
      if (step.status == RunStatus.SUCCESS && step.modifiers.exitOnSuccess) {
        return Optional.of("an earlier step succeeded, and its onSuccess is exit");
      }
    }
    return Optional.empty();
  }
}

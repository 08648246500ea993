package dev.holdfast.agent.run;

import dev.holdfast.agent.process.Processes.Outputs;
import dev.holdfast.report.Drift;
import dev.holdfast.report.Output;
import dev.holdfast.report.RunStatus;
import dev.holdfast.report.StepResult;
import dev.holdfast.task.Limits;
import java.util.ArrayList;
import java.util.List;

/** What the end of a document is to the step that runs it (spec.md section 1.6). Pure. */
final class ChildEnd {
  /** The later wins: where documents are within documents the order is another than for a run. */
  private static final List<RunStatus> ORDER =
      List.of(
          RunStatus.SKIPPED,
          RunStatus.SUCCESS,
          RunStatus.FAILED,
          RunStatus.CANCELLED,
          RunStatus.TIMED_OUT,
          RunStatus.INTERRUPTED);

  private ChildEnd() {}

  /**
   * The event for the parent.
   *
   * @param refusal why the document could not start; empty if it could
   */
  static RunEvent.ChildEnded of(RunState.Ended ended, String refusal) {
    RunStatus status = status(ended);
    Output stdout = Output.NONE;
    Output stderr = Output.NONE;
    boolean changed = false;
    List<Drift> drift = new ArrayList<>();
    for (StepResult result : ended.results()) {
      stdout = OutputBounds.joined(stdout, result.stdout(), Limits.MAX_STDOUT_KEPT_BYTES);
      stderr = OutputBounds.joined(stderr, result.stderr(), Limits.MAX_STDERR_KEPT_BYTES);
      changed |= result.changed();
      drift.addAll(result.drift());
    }
    boolean well = status == RunStatus.SUCCESS || status == RunStatus.SKIPPED;
    return new RunEvent.ChildEnded(
        status,
        well || status == RunStatus.TIMED_OUT ? 0 : 1,
        new Outputs(stdout, stderr),
        changed,
        drift.subList(0, Math.min(drift.size(), Limits.MAX_EVIDENCE)),
        !refusal.isEmpty() || well ? refusal : reason(ended, status));
  }

  private static RunStatus status(RunState.Ended ended) {
    RunStatus worst = RunStatus.SKIPPED;
    for (StepResult result : ended.results()) {
      worst = later(worst, result.status());
    }
    return ended.status() == RunStatus.SUCCESS ? worst : later(worst, ended.status());
  }

  private static RunStatus later(RunStatus one, RunStatus other) {
    return ORDER.indexOf(one) >= ORDER.indexOf(other) ? one : other;
  }

  /** The first step that went so says why; where it has no words, it is named. */
  private static String reason(RunState.Ended ended, RunStatus status) {
    for (StepResult result : ended.results()) {
      if (result.status() == status) {
        return result.reason().isEmpty()
            ? "the step '"
                + result.name()
                + "' of the document ended as "
                + status.text()
                + " with exit code "
                + result.exitCode()
            : result.reason();
      }
    }
    return ended.detailedStatus().equals(status.text())
        ? ""
        : ended.detailedStatus() + ": nobody saw how the document ended";
  }
}

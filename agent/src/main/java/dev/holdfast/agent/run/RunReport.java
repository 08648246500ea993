package dev.holdfast.agent.run;

import dev.holdfast.agent.process.Processes.Outputs;
import dev.holdfast.agent.run.StepAttempt.PartEnd;
import dev.holdfast.document.StepFlow;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.report.StepResult;
import dev.holdfast.task.Limits;
import dev.holdfast.task.RunLimits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tells a run's state as a report. Computed from what is journalled, so it can be told again. */
final class RunReport {
  /** What the output of all steps may take of a report; the rest is for all else. */
  private static final int OUTPUT_BYTES = Limits.MAX_REPORT_BYTES * 5 / 8;

  private RunReport() {}

  /**
   * The report of a run.
   *
   * @param plan empty if the run can't start: then its steps are all among the results
   * @param waits for what the step in progress waits; may be empty
   */
  static Report.Run of(RunIntent intent, Optional<RunPlan> plan, RunState state, String waits) {
    return of(intent, plan, state, waits, Outputs.NONE);
  }

  /**
   * The same while a script runs.
   *
   * @param live what it has put out so far
   */
  static Report.Run of(
      RunIntent intent, Optional<RunPlan> plan, RunState state, String waits, Outputs live) {
    RunRequest request = intent.request();
    RunStatus status = RunStatus.IN_PROGRESS;
    String detailed = status.text();
    Optional<Instant> end = Optional.empty();
    List<StepResult> steps = new ArrayList<>(state.results());
    switch (state) {
      case RunState.Ready _ -> {}
      case RunState.Begun(var _, var at) -> steps.add(inProgress(plan, at, ""));
      case RunState.Running(var _, var at, var _) -> steps.add(inProgress(plan, at, "", live));
      case RunState.Working(var _, var at) -> steps.add(inProgress(plan, at, waits));
      case RunState.Ending(var _, var at, var _) -> steps.add(inProgress(plan, at, ""));
      case RunState.Rebooting(var _, var at, var _, var _) -> {
        detailed = Runner.REBOOT_REQUESTED;
        steps.add(inProgress(plan, at, Runner.REBOOT_REQUESTED));
      }
      case RunState.Ended(var _, var finalStatus, var finalDetailed, var at) -> {
        status = finalStatus;
        detailed = finalDetailed;
        end = Optional.of(at);
      }
    }
    return new Report.Run(
        request.assignment().association(),
        request.trigger(),
        request.attempt(),
        request.startNumber(),
        status,
        detailed,
        request.assignmentSha256(),
        request.assignment().associationVersion(),
        request.assignment().documentVersion(),
        request.scheduled(),
        Optional.of(intent.begun()),
        end,
        request.caughtUp(),
        request.missedTicks(),
        DriftBounds.fitting(
            OutputBounds.fitting(steps, OUTPUT_BYTES), RunLimits.MAX_RUN_DRIFT_BYTES),
        "");
  }

  private static StepResult inProgress(Optional<RunPlan> plan, StepAttempt at, String reason) {
    return inProgress(plan, at, reason, Outputs.NONE);
  }

  private static StepResult inProgress(
      Optional<RunPlan> plan, StepAttempt at, String reason, Outputs live) {
    Optional<PartEnd> asked = at.earlier().filter(end -> !reason.isEmpty());
    return new StepResult(
        plan.map(p -> p.step(at.step()).name()).orElse(""),
        plan.map(p -> p.step(at.step()).action()).orElse(""),
        RunStatus.IN_PROGRESS,
        asked.isPresent() ? StepFlow.EXIT_REBOOT : 0,
        at.attempt(),
        Optional.of(at.begun()),
        Optional.empty(),
        false,
        List.of(),
        asked.map(end -> end.outputs().stdout()).orElse(live.stdout()),
        asked.map(end -> end.outputs().stderr()).orElse(live.stderr()),
        reason);
  }
}

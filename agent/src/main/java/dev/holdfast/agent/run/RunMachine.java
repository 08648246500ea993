package dev.holdfast.agent.run;

import dev.holdfast.agent.process.Processes.Outputs;
import dev.holdfast.agent.run.RunEvent.Cancel;
import dev.holdfast.agent.run.RunEvent.ChildEnded;
import dev.holdfast.agent.run.RunEvent.Exited;
import dev.holdfast.agent.run.RunEvent.Go;
import dev.holdfast.agent.run.RunEvent.Gone;
import dev.holdfast.agent.run.RunEvent.Lost;
import dev.holdfast.agent.run.RunEvent.NotStarted;
import dev.holdfast.agent.run.RunEvent.ProcessStarted;
import dev.holdfast.agent.run.RunEvent.Rebooted;
import dev.holdfast.agent.run.RunEvent.TimeUp;
import dev.holdfast.agent.run.RunEvent.Worked;
import dev.holdfast.agent.run.RunState.Begun;
import dev.holdfast.agent.run.RunState.Ended;
import dev.holdfast.agent.run.RunState.Ending;
import dev.holdfast.agent.run.RunState.Ready;
import dev.holdfast.agent.run.RunState.Rebooting;
import dev.holdfast.agent.run.RunState.Running;
import dev.holdfast.agent.run.RunState.Working;
import dev.holdfast.agent.run.StepAttempt.PartEnd;
import dev.holdfast.agent.step.Outcome;
import dev.holdfast.agent.step.Work;
import dev.holdfast.document.StepFlow;
import dev.holdfast.document.StepFlow.Past;
import dev.holdfast.document.StepFlow.Verdict;
import dev.holdfast.report.Output;
import dev.holdfast.report.RunStatus;
import dev.holdfast.report.StepResult;
import dev.holdfast.task.Limits;
import dev.holdfast.task.RunLimits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The life of one run: what follows from an event, as the next state and what to do once that state
 * is on disk. Pure. An event that can't happen in a state, or comes too late, changes nothing.
 */
final class RunMachine {
  private static final int NO_EXIT_CODE = -1;
  private static final int NOT_STARTED = 1;

  private final RunPlan plan;
  private final Instant now;

  private RunMachine(RunPlan plan, Instant now) {
    this.plan = plan;
    this.now = now;
  }

  /** What follows. */
  record Next(RunState state, List<RunEffect> effects) {
    Next {
      effects = List.copyOf(effects);
    }
  }

  /** What follows from an event. */
  static Next on(RunPlan plan, RunState state, RunEvent event, Instant now) {
    return new RunMachine(plan, now).on(state, event);
  }

  private Next on(RunState state, RunEvent event) {
    return switch (state) {
      case Ready(var results) ->
          switch (event) {
            case Go _ -> proceed(results);
            case Cancel _ -> end(results, RunStatus.CANCELLED, "the run was cancelled");
            case ProcessStarted _, NotStarted _, Exited _, Worked _ -> stay(state);
            case ChildEnded _, TimeUp _, Gone _, Lost _, Rebooted _ -> stay(state);
          };
      case Begun(var results, var at) ->
          switch (event) {
            case ProcessStarted(var process) ->
                next(new Running(results, at, process), new RunEffect.Watch(at));
            case NotStarted(var reason) ->
                stepEnded(results, result(at, RunStatus.FAILED, NOT_STARTED, Outputs.NONE, reason));
            case Exited exited -> exited(results, at, exited);
            case Cancel _ -> ending(results, at, RunStatus.CANCELLED);
            case Lost _ -> ending(results, at, RunStatus.INTERRUPTED);
            case Go _, Worked _, ChildEnded _, TimeUp _, Gone _, Rebooted _ -> stay(state);
          };
      case Running(var results, var at, var _) ->
          switch (event) {
            case Exited exited -> exited(results, at, exited);
            case TimeUp _ -> ending(results, at, RunStatus.TIMED_OUT);
            case Cancel _ -> ending(results, at, RunStatus.CANCELLED);
            case Lost _ -> ending(results, at, RunStatus.INTERRUPTED);
            case Go _, ProcessStarted _, NotStarted _, Worked _, ChildEnded _ -> stay(state);
            case Gone _, Rebooted _ -> stay(state);
          };
      case Working(var results, var at) ->
          switch (event) {
            case Worked(var outcome) -> worked(results, at, outcome);
            case ChildEnded ended -> childEnded(results, at, ended);
            case TimeUp _ -> ending(results, at, RunStatus.TIMED_OUT);
            case Cancel _ -> ending(results, at, RunStatus.CANCELLED);
            case Go _, ProcessStarted _, NotStarted _, Exited _, Gone _ -> stay(state);
            case Lost _, Rebooted _ -> stay(state);
          };
      case Ending(var results, var at, var as) ->
          switch (event) {
            case Gone(var exitCode, var outputs) ->
                treeEnded(results, at, as, exitCode.orElse(NO_EXIT_CODE), outputs);
            case Go _, ProcessStarted _, NotStarted _, Exited _, Worked _ -> stay(state);
            case ChildEnded _, TimeUp _, Cancel _, Lost _, Rebooted _ -> stay(state);
          };
      case Rebooting(var results, var at, var _, var _) ->
          switch (event) {
            case Rebooted _ -> rebooted(results, at);
            case TimeUp _ ->
                rebootFailed(
                    results,
                    at,
                    "RebootDidNotHappen: the step asked for a reboot, and the host did not within "
                        + RunLimits.REBOOT_WAIT.toMinutes()
                        + " minutes");
            case Cancel _ -> cancelled(results, at, StepFlow.EXIT_REBOOT, earlier(at));
            case Go _, ProcessStarted _, NotStarted _, Exited _, Worked _ -> stay(state);
            case ChildEnded _, Gone _, Lost _ -> stay(state);
          };
      case Ended _ ->
          switch (event) {
            case Go _, ProcessStarted _, NotStarted _, Exited _, Worked _ -> stay(state);
            case ChildEnded _, TimeUp _, Cancel _, Gone _, Lost _, Rebooted _ -> stay(state);
          };
    };
  }

  /** On to the next step that runs, or to the end. */
  private Next proceed(List<StepResult> before) {
    List<StepResult> results = new ArrayList<>(before);
    while (results.size() < plan.size()) {
      int index = results.size();
      switch (plan.judge(results)) {
        case Verdict.Skip(var reason) -> results.add(notRun(index, RunStatus.SKIPPED, 0, reason));
        case Verdict.Fail(var reason) ->
            results.add(notRun(index, RunStatus.FAILED, NOT_STARTED, reason));
        case Verdict.Run _ -> {
          StepAttempt at = StepAttempt.first(index, now);
          switch (plan.work(index)) {
            case Work.Refused(var reason) ->
                results.add(notRun(index, RunStatus.FAILED, NOT_STARTED, reason));
            case Work.Nothing(var reason) ->
                results.add(notRun(index, RunStatus.SUCCESS, 0, reason));
            case Work.Scripts _, Work.Inside _, Work.Child _ -> {
              return begin(results, at);
            }
          }
        }
      }
    }
    return ended(results, List.of());
  }

  /** The first thing that a start of a step does. */
  private Next begin(List<StepResult> results, StepAttempt at) {
    RunEffect progress = new RunEffect.Progress();
    return switch (plan.work(at.step())) {
      case Work.Scripts _ -> next(new Begun(results, at), progress, new RunEffect.StartScript(at));
      case Work.Inside _ -> next(new Working(results, at), progress, new RunEffect.DoTask(at));
      case Work.Child _ -> next(new Working(results, at), progress, new RunEffect.BeginChild(at));
      case Work.Refused _, Work.Nothing _ ->
          throw new IllegalStateException("the work of a step changed between two looks at it");
    };
  }

  private Next exited(List<StepResult> results, StepAttempt at, Exited exited) {
    if (exited.exitCode().isEmpty()) {
      return ending(results, at, RunStatus.INTERRUPTED);
    }
    int code = exited.exitCode().get();
    PartEnd end =
        new PartEnd(code == 0 ? RunStatus.SUCCESS : RunStatus.FAILED, code, exited.outputs());
    StepAttempt after = at.nextPart(end);
    PartEnd all = at.together(end);
    if (code == StepFlow.EXIT_REBOOT && !plan.nested()) {
      return at.reboots() < RunLimits.MAX_REBOOTS
          ? next(
              new Rebooting(results, after, exited.bootId(), now),
              new RunEffect.Progress(),
              new RunEffect.AskReboot())
          : rebootFailed(
              results,
              after,
              "TooManyReboots: the step asked for a reboot "
                  + (RunLimits.MAX_REBOOTS + 1)
                  + " times; at most "
                  + RunLimits.MAX_REBOOTS
                  + " are allowed");
    }
    if (code == StepFlow.EXIT_SUCCESS || code == StepFlow.EXIT_FAILURE) {
      return attemptEnded(results, after, end.status(), code, all.outputs());
    }
    boolean more =
        plan.work(at.step()) instanceof Work.Scripts(var scripts) && after.part() < scripts.size();
    return more
        ? next(new Begun(results, after), new RunEffect.StartScript(after))
        : attemptEnded(results, after, all.status(), all.exitCode(), all.outputs());
  }

  private Next worked(List<StepResult> results, StepAttempt at, Outcome outcome) {
    String note = plan.work(at.step()) instanceof Work.Inside(var _, var _, var left) ? left : "";
    return workEnded(
        results,
        at,
        new ChildEnded(
            outcome.status(),
            outcome.exitCode(),
            new Outputs(
                OutputBounds.of(outcome.stdout(), Limits.MAX_STDOUT_KEPT_BYTES),
                OutputBounds.of(outcome.stderr(), Limits.MAX_STDERR_KEPT_BYTES)),
            outcome.changed(),
            outcome.drift(),
            outcome.reason().isEmpty() ? note : outcome.reason()));
  }

  private Next childEnded(List<StepResult> results, StepAttempt at, ChildEnded ended) {
    if (ended.status() == RunStatus.CANCELLED) {
      return cancelled(results, at, ended.exitCode(), ended.outputs());
    }
    return ended.status() == RunStatus.INTERRUPTED
        ? treeEnded(results, at, ended.status(), ended.exitCode(), ended.outputs())
        : workEnded(results, at, ended);
  }

  private Next workEnded(List<StepResult> results, StepAttempt at, ChildEnded ended) {
    if (triedAgain(at, ended.status())) {
      return begin(results, at.again(now));
    }
    Past past = StepFlow.ended(ended.status(), ended.exitCode(), plan.modifiers(at.step()));
    return stepEnded(
        results,
        new StepResult(
            plan.step(at.step()).name(),
            plan.step(at.step()).action(),
            past.status(),
            past.exitCode(),
            at.attempt(),
            Optional.of(at.begun()),
            Optional.of(now),
            ended.changed(),
            ended.drift(),
            ended.outputs().stdout(),
            ended.outputs().stderr(),
            Reasons.bounded(ended.reason())));
  }

  private Next treeEnded(
      List<StepResult> results, StepAttempt at, RunStatus as, int exitCode, Outputs outputs) {
    Outputs all = at.together(new PartEnd(as, exitCode, outputs)).outputs();
    if (as == RunStatus.TIMED_OUT) {
      return attemptEnded(results, at, as, exitCode, all);
    }
    if (as == RunStatus.CANCELLED) {
      return cancelled(results, at, exitCode, all);
    }
    return end(
        plus(results, result(at, as, exitCode, all, "nobody saw how it ended")),
        as,
        "the run was interrupted");
  }

  private Next cancelled(List<StepResult> results, StepAttempt at, int exitCode, Outputs outputs) {
    return end(
        plus(results, result(at, RunStatus.CANCELLED, exitCode, outputs, "")),
        RunStatus.CANCELLED,
        "the run was cancelled");
  }

  private Next rebooted(List<StepResult> results, StepAttempt at) {
    return begin(results, at.afterReboot(now));
  }

  private Next rebootFailed(List<StepResult> results, StepAttempt at, String reason) {
    return end(
        plus(results, result(at, RunStatus.FAILED, StepFlow.EXIT_REBOOT, earlier(at), reason)),
        RunStatus.FAILED,
        "the reboot before it did not come about");
  }

  /** One start of a step has ended: the step is tried again, or has ended too. */
  private Next attemptEnded(
      List<StepResult> results, StepAttempt at, RunStatus status, int exitCode, Outputs outputs) {
    boolean decided = exitCode == StepFlow.EXIT_SUCCESS || exitCode == StepFlow.EXIT_FAILURE;
    if (!decided && triedAgain(at, status)) {
      return begin(results, at.again(now));
    }
    Past past = StepFlow.ended(status, exitCode, plan.modifiers(at.step()));
    return stepEnded(
        results,
        result(at, past.status(), past.exitCode(), outputs, reason(exitCode, past, status)));
  }

  private boolean triedAgain(StepAttempt at, RunStatus status) {
    return status.error() && at.attempt() - at.reboots() < plan.maxAttempts(at.step());
  }

  private Next stepEnded(List<StepResult> results, StepResult result) {
    return proceed(plus(results, result));
  }

  private Next ending(List<StepResult> results, StepAttempt at, RunStatus as) {
    return next(new Ending(results, at, as), new RunEffect.Kill(at));
  }

  /** Ends the run here; the steps left are skipped. */
  private Next end(List<StepResult> before, RunStatus status, String reason) {
    List<StepResult> results = new ArrayList<>(before);
    while (results.size() < plan.size()) {
      results.add(notRun(results.size(), RunStatus.SKIPPED, 0, reason));
    }
    return ended(results, List.of(status));
  }

  private Next ended(List<StepResult> results, List<RunStatus> besides) {
    List<RunStatus> all = new ArrayList<>(besides);
    results.forEach(result -> all.add(result.status()));
    RunStatus status = StepFlow.rollUp(all);
    return next(
        new Ended(results, status, Reasons.detailedStatus(status, results), now),
        new RunEffect.Finish());
  }

  private StepResult notRun(int index, RunStatus status, int exitCode, String reason) {
    return new StepResult(
        plan.step(index).name(),
        plan.step(index).action(),
        status,
        exitCode,
        0,
        Optional.empty(),
        Optional.empty(),
        false,
        List.of(),
        Output.NONE,
        Output.NONE,
        Reasons.bounded(reason));
  }

  private StepResult result(
      StepAttempt at, RunStatus status, int exitCode, Outputs outputs, String reason) {
    return new StepResult(
        plan.step(at.step()).name(),
        plan.step(at.step()).action(),
        status,
        exitCode,
        at.attempt(),
        Optional.of(at.begun()),
        Optional.of(now),
        false,
        List.of(),
        outputs.stdout(),
        outputs.stderr(),
        Reasons.bounded(Reasons.withLeft(reason, outputs.left())));
  }

  private String reason(int exitCode, Past past, RunStatus status) {
    if (status == RunStatus.TIMED_OUT) {
      return "the step took longer than its timeout; its processes were ended";
    }
    if (exitCode == StepFlow.EXIT_SUCCESS) {
      return "exit code 168: the step is a success, and ends the document";
    }
    if (exitCode == StepFlow.EXIT_FAILURE) {
      return "exit code 169: the step failed, and ends the document";
    }
    if (exitCode == StepFlow.EXIT_REBOOT && plan.nested()) {
      return "RebootNotAllowed: a document that another one runs can't ask for a reboot";
    }
    return past.exitCode() != exitCode
        ? "exit code " + exitCode + ", made a success by onFailure: successAndExit"
        : "";
  }

  private static Outputs earlier(StepAttempt at) {
    return at.earlier().map(PartEnd::outputs).orElse(Outputs.NONE);
  }

  private static List<StepResult> plus(List<StepResult> results, StepResult result) {
    List<StepResult> more = new ArrayList<>(results);
    more.add(result);
    return more;
  }

  private static Next next(RunState state, RunEffect... effects) {
    return new Next(state, List.of(effects));
  }

  private static Next stay(RunState state) {
    return new Next(state, List.of());
  }
}

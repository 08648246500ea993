package dev.holdfast.agent.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.agent.process.Processes.Outputs;
import dev.holdfast.agent.process.Processes.Started;
import dev.holdfast.agent.step.Outcome;
import dev.holdfast.report.Output;
import dev.holdfast.report.RunStatus;
import dev.holdfast.report.StepResult;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every state with every event. */
final class RunMachineTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:10Z");
  private static final Instant BEFORE = Instant.parse("2026-01-01T00:00:00Z");
  private static final Started PROCESS = new Started(42, 4242, "boot", BEFORE);
  private static final String SHELL =
      "{\"action\":\"aws:runShellScript\",\"name\":\"%s\",\"inputs\":{\"runCommand\":[\"true\"]}}";

  /** A script, then inventory, then a script. */
  private static final RunPlan PLAN =
      Documents.plan(
          Documents.document(
              List.of(SHELL.formatted("a"), Documents.INVENTORY, SHELL.formatted("c"))));

  private static Map<String, RunState> states() {
    StepAttempt script = StepAttempt.first(0, BEFORE);
    StepAttempt work = StepAttempt.first(1, BEFORE);
    List<StepResult> none = List.of();
    Map<String, RunState> states = new LinkedHashMap<>();
    states.put("Ready", new RunState.Ready(none));
    states.put("Begun", new RunState.Begun(none, script));
    states.put("Running", new RunState.Running(none, script, PROCESS));
    states.put("Working", new RunState.Working(List.of(done()), work));
    states.put("Ending as TimedOut", new RunState.Ending(none, script, RunStatus.TIMED_OUT));
    states.put("Ending as Cancelled", new RunState.Ending(none, script, RunStatus.CANCELLED));
    states.put("Ending as Interrupted", new RunState.Ending(none, script, RunStatus.INTERRUPTED));
    states.put("Rebooting", new RunState.Rebooting(none, script, "boot", BEFORE));
    states.put("Ended", new RunState.Ended(none, RunStatus.SUCCESS, "Success", BEFORE));
    return states;
  }

  private static Map<String, RunEvent> events() {
    Map<String, RunEvent> events = new LinkedHashMap<>();
    events.put("Go", new RunEvent.Go());
    events.put("ProcessStarted", new RunEvent.ProcessStarted(PROCESS));
    events.put("NotStarted", new RunEvent.NotStarted("no shell"));
    events.put("Exited 0", new RunEvent.Exited(Optional.of(0), Outputs.NONE, "boot"));
    events.put("Exited 1", new RunEvent.Exited(Optional.of(1), Outputs.NONE, "boot"));
    events.put("Exited 168", new RunEvent.Exited(Optional.of(168), Outputs.NONE, "boot"));
    events.put("Exited 169", new RunEvent.Exited(Optional.of(169), Outputs.NONE, "boot"));
    events.put("Exited 194", new RunEvent.Exited(Optional.of(194), Outputs.NONE, "boot"));
    events.put("Exited unseen", new RunEvent.Exited(Optional.empty(), Outputs.NONE, "boot"));
    events.put("Worked", new RunEvent.Worked(Outcome.done("x")));
    events.put("Worked badly", new RunEvent.Worked(Outcome.failed("Bad: x")));
    for (RunStatus status :
        List.of(
            RunStatus.SUCCESS,
            RunStatus.SKIPPED,
            RunStatus.TIMED_OUT,
            RunStatus.CANCELLED,
            RunStatus.INTERRUPTED)) {
      events.put(
          "Child " + status.text(),
          new RunEvent.ChildEnded(status, 0, Outputs.NONE, false, List.of(), ""));
    }
    events.put("TimeUp", new RunEvent.TimeUp());
    events.put("Cancel", new RunEvent.Cancel());
    events.put("Gone 143", new RunEvent.Gone(Optional.of(143), Outputs.NONE));
    events.put("Gone unseen", new RunEvent.Gone(Optional.empty(), Outputs.NONE));
    events.put("Lost", new RunEvent.Lost());
    events.put("Rebooted", new RunEvent.Rebooted());
    return events;
  }

  @Test
  void everyStateAnswersEveryEventAsTheTableSays() {
    StringBuilder table = new StringBuilder();
    states()
        .forEach(
            (stateName, state) ->
                events()
                    .forEach(
                        (eventName, event) -> {
                          RunMachine.Next next = RunMachine.on(PLAN, state, event, NOW);
                          if (!next.state().equals(state) || !next.effects().isEmpty()) {
                            table
                                .append(stateName)
                                .append(", ")
                                .append(eventName)
                                .append(": ")
                                .append(text(next))
                                .append('\n');
                          }
                        }));

    assertEquals(TABLE, table.toString());
  }

  @Test
  void anEndThatIsReachedIsNeverLeft() {
    RunState ended = new RunState.Ended(List.of(done()), RunStatus.FAILED, "Failed", BEFORE);

    events()
        .values()
        .forEach(
            event ->
                assertEquals(
                    new RunMachine.Next(ended, List.of()), RunMachine.on(PLAN, ended, event, NOW)));
  }

  private static String text(RunMachine.Next next) {
    String state =
        switch (next.state()) {
          case RunState.Ready _ -> "Ready";
          case RunState.Begun(var _, var at) -> "Begun " + text(at);
          case RunState.Running(var _, var at, var _) -> "Running " + text(at);
          case RunState.Working(var _, var at) -> "Working " + text(at);
          case RunState.Ending(var _, var at, var as) -> "Ending " + text(at) + " as " + as.text();
          case RunState.Rebooting(var _, var at, var _, var _) -> "Rebooting " + text(at);
          case RunState.Ended(var _, var status, var detailed, var _) ->
              "Ended " + status.text() + "/" + detailed;
        };
    String results =
        next.state().results().stream()
            .map(result -> result.status().text() + "(" + result.exitCode() + ")")
            .collect(Collectors.joining(" ", "[", "]"));
    String effects =
        next.effects().stream()
            .map(effect -> effect.getClass().getSimpleName())
            .collect(Collectors.joining(" "));
    return state + " " + results + " -> " + effects;
  }

  private static String text(StepAttempt at) {
    return at.step() + "." + at.attempt() + "." + at.part();
  }

  private static StepResult done() {
    return new StepResult(
        "a",
        "aws:runShellScript",
        RunStatus.SUCCESS,
        0,
        1,
        Optional.of(BEFORE),
        Optional.of(BEFORE),
        false,
        List.of(),
        Output.NONE,
        Output.NONE,
        "");
  }

  /** Pairs that are not here change nothing. */
  private static final String TABLE =
      """
      Ready, Go: Begun 0.1.0 [] -> Progress StartScript
      Ready, Cancel: Ended Cancelled/Cancelled [Skipped(0) Skipped(0) Skipped(0)] -> Finish
      Begun, ProcessStarted: Running 0.1.0 [] -> Watch
      Begun, NotStarted: Working 1.1.0 [Failed(1)] -> Progress DoTask
      Begun, Exited 0: Working 1.1.0 [Success(0)] -> Progress DoTask
      Begun, Exited 1: Working 1.1.0 [Failed(1)] -> Progress DoTask
      Begun, Exited 168: Ended Success/Success [Success(168) Skipped(0) Skipped(0)] -> Finish
      Begun, Exited 169: Ended Failed/Failed [Failed(169) Skipped(0) Skipped(0)] -> Finish
      Begun, Exited 194: Rebooting 0.1.1 [] -> Progress AskReboot
      Begun, Exited unseen: Ending 0.1.0 as Interrupted [] -> Kill
      Begun, Cancel: Ending 0.1.0 as Cancelled [] -> Kill
      Begun, Lost: Ending 0.1.0 as Interrupted [] -> Kill
      Running, Exited 0: Working 1.1.0 [Success(0)] -> Progress DoTask
      Running, Exited 1: Working 1.1.0 [Failed(1)] -> Progress DoTask
      Running, Exited 168: Ended Success/Success [Success(168) Skipped(0) Skipped(0)] -> Finish
      Running, Exited 169: Ended Failed/Failed [Failed(169) Skipped(0) Skipped(0)] -> Finish
      Running, Exited 194: Rebooting 0.1.1 [] -> Progress AskReboot
      Running, Exited unseen: Ending 0.1.0 as Interrupted [] -> Kill
      Running, TimeUp: Ending 0.1.0 as TimedOut [] -> Kill
      Running, Cancel: Ending 0.1.0 as Cancelled [] -> Kill
      Running, Lost: Ending 0.1.0 as Interrupted [] -> Kill
      Working, Worked: Begun 2.1.0 [Success(0) Success(0)] -> Progress StartScript
      Working, Worked badly: Begun 2.1.0 [Success(0) Failed(1)] -> Progress StartScript
      Working, Child Success: Begun 2.1.0 [Success(0) Success(0)] -> Progress StartScript
      Working, Child Skipped: Begun 2.1.0 [Success(0) Skipped(0)] -> Progress StartScript
      Working, Child TimedOut: Begun 2.1.0 [Success(0) TimedOut(0)] -> Progress StartScript
      Working, Child Cancelled: Ended Cancelled/Cancelled [Success(0) Cancelled(0) Skipped(0)] -> Finish
      Working, Child Interrupted: Ended Interrupted/Interrupted [Success(0) Interrupted(0) Skipped(0)] -> Finish
      Working, TimeUp: Ending 1.1.0 as TimedOut [Success(0)] -> Kill
      Working, Cancel: Ending 1.1.0 as Cancelled [Success(0)] -> Kill
      Ending as TimedOut, Gone 143: Working 1.1.0 [TimedOut(143)] -> Progress DoTask
      Ending as TimedOut, Gone unseen: Working 1.1.0 [TimedOut(-1)] -> Progress DoTask
      Ending as Cancelled, Gone 143: Ended Cancelled/Cancelled [Cancelled(143) Skipped(0) Skipped(0)] -> Finish
      Ending as Cancelled, Gone unseen: Ended Cancelled/Cancelled [Cancelled(-1) Skipped(0) Skipped(0)] -> Finish
      Ending as Interrupted, Gone 143: Ended Interrupted/Interrupted [Interrupted(143) Skipped(0) Skipped(0)] -> Finish
      Ending as Interrupted, Gone unseen: Ended Interrupted/Interrupted [Interrupted(-1) Skipped(0) Skipped(0)] -> Finish
      Rebooting, TimeUp: Ended Failed/RebootDidNotHappen [Failed(194) Skipped(0) Skipped(0)] -> Finish
      Rebooting, Cancel: Ended Cancelled/Cancelled [Cancelled(194) Skipped(0) Skipped(0)] -> Finish
      Rebooting, Rebooted: Begun 0.2.0 [] -> Progress StartScript
      """;
}

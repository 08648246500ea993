package dev.holdfast.agent.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.state.Keeper;
import dev.holdfast.report.Drift;
import dev.holdfast.report.Output;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.report.StepResult;
import dev.holdfast.state.ManagedFile;
import dev.holdfast.state.Service;
import dev.holdfast.task.RunLimits;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** Runs of documents that describe a state. */
final class StateRunsTest {
  private static final String FILE =
      "{\"action\":\"state:file\",\"name\":\"config\",\"inputs\":{\"path\":\"/etc/x\",\"content\":\"%s\"}}";
  private static final String SERVICE =
      "{\"action\":\"state:service\",\"name\":\"service\",\"inputs\":{\"name\":\"x\",\"state\":\"running\","
          + "\"restartWhenChanged\":[\"config\"]}}";
  private static final String PACKAGE =
      "{\"action\":\"state:package\",\"name\":\"package\",\"inputs\":{\"packages\":[\"x\"]}}";
  private static final String SHELL =
      "{\"action\":\"aws:runShellScript\",\"name\":\"script\",\"inputs\":{\"runCommand\":[\"exit 0"
          + " 1\"]}}";
  private static final Drift DRIFT = new Drift("/etc/x", "mode", "0644", "0600");
  private static final Keeper.Result CHANGED =
      new Keeper.Result(true, "CHANGED: mode of /etc/x", List.of(DRIFT), true, "out", "err");

  private final Lives lives = new Lives();

  @Test
  void aChangeIsASuccessThatTellsWhatDiffered() {
    lives.results.add(Optional.of(CHANGED));
    start(false, FILE.formatted("a"));

    Report.Run end = lives.ends().getFirst();
    StepResult step = end.steps().getFirst();
    assertEquals(RunStatus.SUCCESS, end.status());
    assertEquals("Success", end.detailedStatus());
    assertEquals("CHANGED: mode of /etc/x", step.reason());
    assertEquals(List.of(DRIFT), step.drift());
    assertTrue(step.changed());
    assertEquals("out", step.stdout().head().toStringUtf8());
    assertEquals("err", step.stderr().head().toStringUtf8());
  }

  @Test
  void aFailureFailsTheRunAndTheNextStepIsLookedAt() {
    lives.results.add(
        Optional.of(
            new Keeper.Result(false, "FAILED: mode of /etc/x", List.of(DRIFT), true, "", "")));
    start(false, FILE.formatted("a"), SERVICE);

    Report.Run end = lives.ends().getFirst();
    assertEquals(RunStatus.FAILED, end.status());
    assertEquals("Failed", end.detailedStatus());
    assertEquals(1, end.steps().getFirst().exitCode());
    assertEquals("COMPLIANT", end.steps().get(1).reason());
  }

  @Test
  void anAuditLooksAndChangesNothingAndSkipsScripts() {
    lives.results.add(
        Optional.of(
            new Keeper.Result(true, "DRIFTED: mode of /etc/x", List.of(DRIFT), false, "", "")));
    start(true, FILE.formatted("a"), SHELL);

    Report.Run end = lives.ends().getFirst();
    assertTrue(lives.orders.getFirst().audit());
    assertEquals(RunStatus.SUCCESS, end.status());
    assertEquals(List.of(DRIFT), end.steps().getFirst().drift());
    assertEquals(RunStatus.SKIPPED, end.steps().get(1).status());
    assertEquals(0, lives.host.starts().size());
  }

  @Test
  void aServiceIsRestartedIfAStepThatItFollowsChangedSomething() {
    lives.results.add(Optional.of(CHANGED));
    start(false, FILE.formatted("a"), SERVICE);
    assertTrue(lives.orders.get(1).restart());

    Lives quiet = new Lives();
    quiet
        .runner()
        .start(Documents.request(document(FILE.formatted("a"), SERVICE), Map.of(), false));
    quiet.clock.advance(Duration.ofMinutes(1));
    assertFalse(quiet.orders.get(1).restart());
    assertTrue(quiet.orders.get(1).resource() instanceof Service);
  }

  @Test
  void aTaskThatAnEndOfTheAgentCutOffIsBegunAnewAndKnowsWhatChangedBefore() {
    lives.results.add(Optional.of(CHANGED));
    lives.results.add(Optional.empty());
    start(false, FILE.formatted("a"), SERVICE, SHELL);
    assertEquals(2, lives.orders.size());
    assertTrue(lives.ends().isEmpty());

    lives.runner().recover();
    lives.clock.advance(Duration.ofMinutes(1));

    assertEquals(3, lives.orders.size());
    assertEquals(lives.orders.get(1), lives.orders.get(2));
    assertTrue(lives.orders.get(2).restart());
    assertEquals(RunStatus.SUCCESS, lives.ends().getFirst().status());
    assertEquals(1, lives.host.starts().size());
  }

  @Test
  void aCrashAtAnyChangeOfTheDiskIsSurvivedByADocumentOfStatesAndNothingIsInterrupted() {
    for (boolean after : new boolean[] {false, true}) {
      for (int change = 1; change < 20; change++) {
        Lives world = new Lives();
        world.results.add(Optional.of(CHANGED));
        world.disk.crashAt(change, after);
        try {
          world
              .runner()
              .start(Documents.request(document(FILE.formatted("a"), SERVICE), Map.of(), false));
          world.clock.advance(Duration.ofMinutes(1));
        } catch (MemoryDisk.Crash e) {
          // That is the case.
        }
        world.disk.crashAt(-1, false);
        world.runner().recover();
        world.clock.advance(Duration.ofMinutes(1));

        assertEquals(
            List.of(RunStatus.SUCCESS),
            world.ends().stream().map(Report.Run::status).distinct().toList(),
            "crash at change " + change + (after ? " after it" : " before it"));
        assertTrue(world.disk.list("journal").isEmpty());
      }
    }
  }

  @Test
  void whoWaitsForThePackageManagerSaysSoAndGoesOnWhenItIsFree() {
    Queue<Runnable> waiting = new ArrayDeque<>();
    lives.hands = waiting::add;
    DocumentRunner runner = lives.runner();
    runner.start(Documents.request("one", document(PACKAGE)));
    runner.start(Documents.request("two", document(PACKAGE)));
    lives.clock.advance(Duration.ofSeconds(1));

    assertEquals(1, waiting.size());
    assertEquals("waiting: another step has the package manager", reason("two"));
    waiting.remove().run();
    lives.clock.advance(Duration.ofSeconds(1));
    assertEquals(1, lives.ends().size());
    assertEquals(1, waiting.size());
    assertEquals("", reason("two"));
    waiting.remove().run();
    lives.clock.advance(Duration.ofSeconds(1));
    assertEquals(2, lives.ends().size());
  }

  @Test
  void whoIsCancelledWhileWaitingGivesItsTurnUp() {
    Queue<Runnable> waiting = new ArrayDeque<>();
    lives.hands = waiting::add;
    DocumentRunner runner = lives.runner();
    for (String run : List.of("one", "two", "three")) {
      runner.start(Documents.request(run, document(PACKAGE)));
    }
    lives.clock.advance(Duration.ofSeconds(1));

    runner.cancel(Documents.runId("two"));
    lives.clock.advance(Duration.ofSeconds(30));
    assertEquals(List.of(RunStatus.CANCELLED), statuses());
    runner.cancel(Documents.runId("one"));
    lives.clock.advance(Duration.ofSeconds(30));
    // It may still be at work: its turn is over when it says so.
    assertEquals(1, waiting.size());
    waiting.remove().run();
    lives.clock.advance(Duration.ofSeconds(30));
    assertEquals(List.of(RunStatus.CANCELLED, RunStatus.CANCELLED), statuses());
    assertEquals(1, waiting.size());
    waiting.remove().run();
    lives.clock.advance(Duration.ofSeconds(30));
    assertEquals(List.of(RunStatus.CANCELLED, RunStatus.CANCELLED, RunStatus.SUCCESS), statuses());
    assertEquals(1, lives.orders.size());
  }

  @Test
  void contentThatAVariableCarriesIsASecret() {
    lives
        .runner()
        .start(
            Documents.request(
                "{\"schemaVersion\":\"2.2\",\"parameters\":{\"S\":{\"type\":\"String\",\"default\":\"x\","
                    + "\"interpolationType\":\"ENV_VAR\"},\"P\":{\"type\":\"String\",\"default\":\"y\","
                    + "\"allowedValues\":[\"y\"]}},\"mainSteps\":["
                    + FILE.formatted("a {{ S }}")
                    + ","
                    + FILE.formatted("b {{ P }}").replace("config", "other")
                    + "]}",
                Map.of(),
                false));
    lives.clock.advance(Duration.ofMinutes(1));

    assertEquals(
        List.of(true, false),
        lives.orders.stream().map(order -> ((ManagedFile) order.resource()).secret()).toList());
    assertEquals(
        "Content[text=a x]",
        String.valueOf(((ManagedFile) lives.orders.getFirst().resource()).form()));
  }

  @Test
  void inputsThatAreWrongOnceFilledInFailTheStepWithAllThatIsWrong() {
    lives
        .runner()
        .start(
            Documents.request(
                "{\"schemaVersion\":\"2.2\",\"parameters\":{\"P\":{\"type\":\"String\",\"default\":\"relative\"}},\"mainSteps\":[{\"action\":\"state:file\",\"name\":\"a\",\"inputs\":{\"path\":\"{{"
                    + " P }}\",\"mode\":\"{{ P }}\"}}]}",
                Map.of(),
                false));
    lives.clock.advance(Duration.ofMinutes(1));

    Report.Run end = lives.ends().getFirst();
    assertEquals("InvalidInputs", end.detailedStatus());
    assertTrue(end.steps().getFirst().reason().contains("'path' is 'relative'"));
    assertTrue(end.steps().getFirst().reason().contains("'mode' is 'relative'"));
    assertEquals(List.of(), lives.orders);
  }

  @Test
  void differencesForWhichAReportHasNoRoomAreLeftOutAndCounted() {
    Drift large = new Drift("/a", "content", "x".repeat(300), "y".repeat(300));
    StepResult step =
        new StepResult(
            "a",
            "state:file",
            RunStatus.SUCCESS,
            0,
            1,
            Optional.empty(),
            Optional.empty(),
            true,
            Collections.nCopies(50, large),
            Output.NONE,
            Output.NONE,
            "CHANGED");

    List<StepResult> fitting =
        DriftBounds.fitting(Collections.nCopies(50, step), RunLimits.MAX_RUN_DRIFT_BYTES);

    int bytes = fitting.stream().mapToInt(each -> each.drift().size()).sum() * (300 + 300 + 9);
    assertTrue(bytes < RunLimits.MAX_RUN_DRIFT_BYTES + 50 * 609, bytes + " bytes");
    assertEquals(50, fitting.getFirst().drift().size());
    assertEquals(1, fitting.getLast().drift().size());
    assertEquals("CHANGED; 49 more differences are left out", fitting.getLast().reason());
  }

  private List<RunStatus> statuses() {
    return lives.ends().stream().map(Report.Run::status).toList();
  }

  private String reason(String name) {
    return lives.reports.stream()
        .filter(report -> report.association().equals(Documents.association(name)))
        .reduce((first, second) -> second)
        .orElseThrow()
        .steps()
        .getLast()
        .reason();
  }

  private void start(boolean audit, String... steps) {
    lives.runner().start(Documents.request(document(steps), Map.of(), audit));
    lives.clock.advance(Duration.ofMinutes(1));
  }

  private static String document(String... steps) {
    return Documents.document(List.of(steps));
  }
}

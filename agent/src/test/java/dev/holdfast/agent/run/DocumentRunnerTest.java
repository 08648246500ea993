package dev.holdfast.agent.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.document.Value;
import dev.holdfast.report.Output;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.report.StepResult;
import dev.holdfast.task.Limits;
import dev.holdfast.task.RunLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The runner over a host that is made up, and that crashes. */
final class DocumentRunnerTest {
  private static final String THREE = Documents.shell("exit 0 5", "exit 3 5", "exit 0 5");
  private static final Duration LONG = Duration.ofHours(1);

  private final Lives lives = new Lives();

  @Test
  void aRunIsReportedAtItsStartAfterEachStepAndAtItsEndOnce() {
    DocumentRunner runner = start(THREE);
    assertEquals(1, runner.active().size());

    lives.clock.advance(LONG);

    assertEquals(
        List.of(
            "InProgress [InProgress]",
            "InProgress [Success, InProgress]",
            "InProgress [Success, Failed, InProgress]",
            "Failed [Success, Failed, Success]"),
        lives.reports.stream()
            .filter(report -> report.steps().getLast().stdout().totalBytes() == 0 || ended(report))
            .map(DocumentRunnerTest::text)
            .toList());
    Report.Run end = lives.ends().getFirst();
    assertEquals(3, end.steps().get(1).exitCode());
    assertEquals("out of 1-1-0\n", end.steps().get(1).stdout().head().toStringUtf8());
    assertEquals(Instant.parse("2026-01-01T00:00:00Z"), end.start().orElseThrow());
    assertEquals(3, end.associationVersion());
    assertEquals(7, end.startNumber());
    assertTrue(runner.active().isEmpty());
    assertTrue(lives.disk.list("journal").isEmpty(), "forgotten");
  }

  @Test
  void whatAScriptPutsOutIsToldWhileItRunsAndOnlyIfMoreHasCome() {
    start(Documents.shell("exit 0 50"));
    lives.clock.advance(Duration.ofSeconds(1));
    assertEquals(1, lives.reports.size(), "the start, and nothing too early");

    lives.clock.advance(Duration.ofSeconds(1));
    StepResult live = lives.reports.getLast().steps().getFirst();
    assertEquals(RunStatus.IN_PROGRESS, live.status());
    assertEquals("out of 0-1-0\n", live.stdout().head().toStringUtf8());

    lives.clock.advance(Duration.ofSeconds(20));
    assertEquals(2, lives.reports.size(), "nothing more came");

    lives.host.print("x".repeat(10 * RunLimits.LIVE_BYTES) + "last");
    lives.clock.advance(Duration.ofSeconds(2));
    assertEquals(3, lives.reports.size());
    Output more = lives.reports.getLast().steps().getFirst().stdout();
    assertEquals(RunLimits.LIVE_BYTES, more.head().size() + more.tail().size());
    assertTrue(more.tail().toStringUtf8().endsWith("last"));
    assertEquals(13 + 10 * RunLimits.LIVE_BYTES + 4, more.totalBytes());

    for (int i = 0; i < 20; i++) {
      lives.host.print("line\n");
      lives.clock.advance(Duration.ofMillis(500));
    }
    assertEquals(3 + 5, lives.reports.size(), "at most every 2 s");
    lives.clock.advance(LONG);
    assertTrue(ended(lives.reports.getLast()), "nothing comes after the end");
  }

  @Test
  void whatRunsOnWhenTheAgentIsBackIsToldToo() {
    start(Documents.shell("exit 0 50"));
    lives.clock.advance(Duration.ofSeconds(10));
    lives.reports.clear();

    lives.runner().recover();
    lives.clock.advance(Duration.ofSeconds(2));

    assertEquals(
        "out of 0-1-0\n",
        lives.reports.getLast().steps().getFirst().stdout().head().toStringUtf8());
  }

  @Test
  void theLiveReportsOfALargeRunComeLessOften() {
    lives.host.print("x".repeat(Limits.MAX_STDOUT_KEPT_BYTES));
    start(Documents.shell("exit 0 1", "exit 0 1", "exit 0 1", "exit 0 1", "exit 0 500"));
    lives.clock.advance(Duration.ofSeconds(4));
    lives.reports.clear();

    for (int i = 0; i < 60; i++) {
      lives.host.print("line\n");
      lives.clock.advance(Duration.ofSeconds(1));
    }

    long bytes =
        lives.reports.stream()
            .flatMap(report -> report.steps().stream())
            .mapToLong(step -> step.stdout().head().size() + step.stdout().tail().size())
            .sum();
    assertTrue(bytes <= 60L * 2 * RunLimits.LIVE_BYTES_A_SECOND, bytes + " bytes in a minute");
    assertTrue(lives.reports.size() >= 5, lives.reports.size() + " reports in a minute");
  }

  @Test
  void aStepSaysWhatItLeftRunning() {
    lives.host.leave(2);
    start(Documents.shell("exit 0 1"));
    lives.clock.advance(LONG);

    StepResult step = lives.ends().getFirst().steps().getFirst();
    assertEquals(RunStatus.SUCCESS, step.status());
    assertEquals("2 processes of the step left running", step.reason());
  }

  private static boolean ended(Report.Run report) {
    return report.status().terminal();
  }

  @Test
  void aCrashAtAnyChangeOfTheDiskStartsNothingTwiceAndEndsOnce() {
    int crashes = 0;
    for (boolean after : List.of(false, true)) {
      for (int change = 0; ; change++) {
        Lives world = new Lives();
        world.disk.crashAt(change, after);
        boolean crashed = false;
        try {
          world.runner().start(Documents.request(THREE, Map.of(), false));
          world.clock.advance(LONG);
        } catch (MemoryDisk.Crash e) {
          crashed = true;
        }
        if (!crashed) {
          break;
        }
        crashes++;
        world.disk.crashAt(-1, false);
        world.runner().recover();
        world.clock.advance(LONG);

        String where = "crash " + (after ? "after" : "before") + " change " + change;
        boolean intended = change > 0 || after;
        assertEquals(
            world.host.starts().size(),
            new HashSet<>(world.host.starts()).size(),
            where + ": nothing twice");
        assertEquals(
            intended ? 1 : 0,
            new HashSet<>(world.ends()).size(),
            where + ": one end, whoever tells it " + world.ends());
        // A start that was noted and did not happen looks like one that nobody saw the end of.
        String ends = world.ends().stream().map(DocumentRunnerTest::text).findFirst().orElse("");
        assertTrue(
            !intended
                || ends.equals("Failed [Success, Failed, Success]")
                || ends.contains("Interrupted"),
            where + ": " + ends);
        assertTrue(world.disk.list("journal").isEmpty(), where);
        assertFalse(world.host.busy(world.clock.uptime()), where);
      }
    }
    assertTrue(crashes > 15, crashes + " crashes");
  }

  @Test
  void aScriptThatRunsIsAdoptedAndTheStepsAfterItRun() {
    start(THREE);
    lives.clock.advance(Duration.ofSeconds(2));

    DocumentRunner later = lives.runner();
    later.recover();
    assertEquals(1, later.active().size());
    lives.clock.advance(LONG);

    assertEquals("Failed [Success, Failed, Success]", text(lives.ends().getFirst()));
    assertEquals(3, lives.host.starts().size());
  }

  @Test
  void aScriptThatStartedJustBeforeACrashIsAdoptedThoughItWasNotNoted() {
    lives.host.crashAfterStart();
    try {
      start(THREE);
    } catch (MemoryDisk.Crash e) {
      // That is the case.
    }

    lives.runner().recover();
    lives.clock.advance(LONG);

    assertEquals("Failed [Success, Failed, Success]", text(lives.ends().getFirst()));
    assertEquals(3, lives.host.starts().size());
  }

  @Test
  void anEndThatCameWhileNoAgentRanIsTakenFromItsFile() {
    start(THREE);
    lives.clock.advance(Duration.ofSeconds(2));
    DocumentRunner later = lives.runner();
    lives.clock.advance(LONG);
    assertTrue(lives.ends().isEmpty());

    later.recover();
    lives.clock.advance(LONG);

    assertEquals("Failed [Success, Failed, Success]", text(lives.ends().getFirst()));
  }

  @Test
  void aScriptThatIsLostIsInterruptedAndNothingAfterItRuns() {
    start(THREE);
    lives.clock.advance(Duration.ofSeconds(7));
    lives.host.reboot(lives.clock.uptime());

    lives.runner().recover();
    lives.clock.advance(LONG);

    assertEquals("Interrupted [Success, Interrupted, Skipped]", text(lives.ends().getFirst()));
    assertEquals(2, lives.host.starts().size());
  }

  @Test
  void aCrashBetweenTheReportAndForgettingTellsTheSameEndAgain() {
    lives.crashAfterEnd();
    start(Documents.shell("exit 0 1"));
    try {
      lives.clock.advance(LONG);
    } catch (MemoryDisk.Crash e) {
      // That is the case.
    }

    lives.runner().recover();
    lives.clock.advance(LONG);

    assertEquals(2, lives.ends().size());
    assertEquals(Set.of(lives.ends().getFirst()), Set.copyOf(lives.ends()));
    assertEquals(1, lives.host.starts().size());
  }

  @Test
  void aStepThatTakesTooLongIsTimedOutAlsoWhenAnotherLifeAdoptedIt() {
    start(Documents.shell("hang", "exit 0 1"));
    lives.clock.advance(Duration.ofSeconds(50));
    lives.runner().recover();

    lives.clock.advance(Duration.ofSeconds(9));
    assertTrue(lives.host.busy(lives.clock.uptime()));
    lives.clock.advance(Duration.ofSeconds(10));

    assertEquals("TimedOut [TimedOut, Success]", text(lives.ends().getFirst()));
    assertEquals(143, lives.ends().getFirst().steps().getFirst().exitCode());
  }

  @Test
  void aCrashDuringAKillKillsAgain() {
    start(Documents.shell("hang"));
    lives.clock.advance(Duration.ofSeconds(61));

    lives.runner().recover();
    lives.clock.advance(LONG);

    assertEquals("TimedOut [TimedOut]", text(lives.ends().getFirst()));
    assertFalse(lives.host.busy(lives.clock.uptime()));
  }

  @Test
  void aCancelledRunEndsAndItsLaterStepsAreSkipped() {
    DocumentRunner runner = start(Documents.shell("hang", "exit 0 1"));
    lives.clock.advance(Duration.ofSeconds(5));

    runner.cancel(Documents.request(THREE, Map.of(), false).runId());
    runner.cancel("no such run");
    lives.clock.advance(LONG);

    assertEquals("Cancelled [Cancelled, Skipped]", text(lives.ends().getFirst()));
    assertFalse(lives.host.busy(lives.clock.uptime()));
  }

  @Test
  void aStepThatCannotBeStartedFailsAndTheNextOneRuns() {
    start(Documents.shell("refuse", "exit 0 1"));
    lives.clock.advance(LONG);

    Report.Run end = lives.ends().getFirst();
    assertEquals("Failed [Failed, Success]", text(end));
    assertEquals("NotStarted", end.detailedStatus());
    assertEquals("NotStarted: refused", end.steps().getFirst().reason());
  }

  @Test
  void aStepIsTriedAsOftenAsItSaysAndEachTimeInAFolderOfItsOwn() {
    String step =
        "{\"action\":\"aws:runShellScript\",\"name\":\"a\",\"maxAttempts\":3,"
            + "\"inputs\":{\"runCommand\":[\"exit 1 1\"]}}";
    start(Documents.document(List.of(step)));
    lives.clock.advance(LONG);

    assertEquals(3, Set.copyOf(lives.host.starts()).size());
    assertEquals(3, lives.ends().getFirst().steps().getFirst().attempt());
  }

  @Test
  void aListOfInputsRunsOneAfterAnotherAndItsOutputIsJoined() {
    String step =
        "{\"action\":\"aws:runShellScript\",\"name\":\"a\",\"inputs\":["
            + "{\"runCommand\":[\"exit 0 1\"]},{\"runCommand\":[\"exit 4 1\"]},"
            + "{\"runCommand\":[\"exit 0 1\"]}]}";
    start(Documents.document(List.of(step)));
    lives.clock.advance(Duration.ofMillis(1500));
    lives.runner().recover();
    lives.clock.advance(LONG);

    Report.Run end = lives.ends().getFirst();
    assertEquals("Failed [Failed]", text(end));
    assertEquals(4, end.steps().getFirst().exitCode());
    assertEquals(
        "out of 0-1-0\nout of 0-1-1\nout of 0-1-2\n",
        end.steps().getFirst().stdout().head().toStringUtf8());
  }

  @Test
  void aRebootThatAStepAskedForResumesTheSameStepUnderANewBootId() {
    DocumentRunner runner = start(Documents.shell("exit 194 1", "exit 0 1"));
    lives.clock.advance(Duration.ofSeconds(10));
    assertEquals(1, lives.reboots.get());
    assertEquals(Runner.REBOOT_REQUESTED, lives.reports.getLast().detailedStatus());
    assertFalse(runner.active().isEmpty());

    for (int i = 0; i < 5; i++) {
      lives.host.reboot(lives.clock.uptime());
      lives.runner().recover();
      lives.clock.advance(Duration.ofSeconds(10));
    }

    Report.Run end = lives.ends().getFirst();
    assertEquals("Failed [Failed, Skipped]", text(end));
    assertEquals("TooManyReboots", end.detailedStatus());
    assertEquals(6, end.steps().getFirst().attempt());
    assertEquals(5, lives.reboots.get());
  }

  @Test
  void aRebootThatDoesNotHappenFailsTheRunAlsoAfterARestartOfTheAgent() {
    start(Documents.shell("exit 194 1", "exit 0 1"));
    lives.clock.advance(Duration.ofMinutes(6));
    lives.runner().recover();
    lives.clock.advance(Duration.ofMinutes(3));
    assertTrue(lives.ends().isEmpty());
    lives.clock.advance(Duration.ofMinutes(2));

    assertEquals("RebootDidNotHappen", lives.ends().getFirst().detailedStatus());
  }

  @Test
  void inventoryIsHandedOnBeforeTheStepEndsAndGatheredAgainAfterACrash() {
    start(Documents.document(List.of(Documents.INVENTORY)));

    lives.runner().recover();
    lives.clock.advance(LONG);

    assertEquals("Success [Success]", text(lives.ends().getFirst()));
    assertEquals(
        List.of("AWS:Application", "AWS:InstanceInformation"),
        lives.inventory.stream().map(Report.Inventory::typeName).toList());
  }

  @Test
  void whatCannotStartIsReportedFailedWithItsReasonAndStartsNothing() {
    String document =
        "{\"schemaVersion\":\"2.2\",\"parameters\":{\"p\":{\"type\":\"String\"}},\"mainSteps\":["
            + "{\"action\":\"aws:runShellScript\",\"name\":\"a\","
            + "\"inputs\":{\"runCommand\":[\"exit 0 {{ p }}\"]}}]}";

    assertEquals("MissingParameter [Skipped]", refused(document, Map.of(), false));
    assertEquals(
        "InvalidParameters [Skipped]",
        refused(document, Map.of("p", new Value.Fields(Map.of())), false));
    assertEquals(
        "UnresolvedParameter [Skipped]",
        refused(document, Map.of("p", new Value.Text("{{ssm:name}}")), false));
    assertEquals(
        "NothingToAudit [Skipped]", refused(document, Map.of("p", new Value.Text("1")), true));
    assertEquals("InvalidDocument []", refused("no document", Map.of(), false));
  }

  @Test
  void aKnownPluginThatIsNotThereFailsItsStep() {
    String step =
        "{\"action\":\"aws:configurePackage\",\"name\":\"a\","
            + "\"inputs\":{\"name\":\"x\",\"action\":\"Install\"}}";
    String shell =
        "{\"action\":\"aws:runShellScript\",\"name\":\"b\",\"inputs\":{\"runCommand\":[\"exit 0"
            + " 1\"]}}";
    start(Documents.document(List.of(step, shell)));
    lives.clock.advance(LONG);

    Report.Run end = lives.ends().getFirst();
    assertEquals("Failed [Failed, Success]", text(end));
    assertEquals("PluginNotAvailable", end.detailedStatus());
  }

  @Test
  void inAnAuditScriptsAreSkipped() {
    lives
        .runner()
        .start(
            Documents.request(
                Documents.document(
                    List.of(
                        "{\"action\":\"aws:runShellScript\",\"name\":\"b\","
                            + "\"inputs\":{\"runCommand\":[\"exit 0 1\"]}}",
                        Documents.INVENTORY)),
                Map.of(),
                true));
    lives.clock.advance(LONG);

    assertEquals("Success [Skipped, Success]", text(lives.ends().getFirst()));
    assertTrue(lives.host.starts().isEmpty());
  }

  @Test
  void aDamagedStateIsReportedAsAnEndThatNobodySaw() {
    start(Documents.shell("hang"));
    String key = lives.disk.list("journal").getFirst();
    lives.disk.write("journal/" + key + "/state", new byte[] {1, 2, 3});

    lives.runner().recover();
    lives.clock.advance(LONG);

    assertEquals(RunStatus.INTERRUPTED, lives.ends().getFirst().status());
    assertEquals("JournalDamaged", lives.ends().getFirst().detailedStatus());
  }

  private DocumentRunner start(String document) {
    DocumentRunner runner = lives.runner();
    runner.start(Documents.request(document, Map.of(), false));
    return runner;
  }

  private static String refused(String document, Map<String, Value> values, boolean audit) {
    Lives world = new Lives();
    world.runner().start(Documents.request(document, values, audit));
    world.clock.advance(LONG);
    Report.Run end = world.ends().getFirst();
    assertEquals(RunStatus.FAILED, end.status());
    assertTrue(world.host.starts().isEmpty());
    String why = end.steps().isEmpty() ? end.reason() : end.steps().getFirst().reason();
    assertTrue(why.startsWith(end.detailedStatus() + ": "), why);
    return end.detailedStatus() + text(end).substring(6);
  }

  private static String text(Report.Run report) {
    return report.status().text()
        + report.steps().stream()
            .map(step -> step.status().text())
            .collect(Collectors.joining(", ", " [", "]"));
  }
}

package dev.holdfast.agent.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.report.StepResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Documents within documents, over a host that is made up, and that crashes. */
final class ChildRunsTest {
  private static final Duration LONG = Duration.ofMinutes(5);

  /** A step, a document of a step, a document and a step, and a step. */
  private static final String PARENT =
      Documents.document(
          List.of(
              Documents.script("a", "exit 0 5"),
              Documents.child("one", ""),
              Documents.script("z", "exit 0 5")));

  private static final Map<String, String> CHILDREN =
      Map.of(
          "one",
          Documents.document(
              List.of(
                  Documents.script("b", "exit 0 5"),
                  Documents.child("two", ""),
                  Documents.script("d", "exit 3 5"))),
          "two",
          Documents.shell("exit 0 5", "exit 0 5"));

  private static final String WELL = "Failed [Success, Failed, Success]";

  @TempDir private Path folder;

  private final Lives lives = new Lives();

  @Test
  void aDocumentRunsWithinItsStepAndOnlyTheOutermostRunIsReported() {
    start(PARENT, CHILDREN);
    assertEquals(1, lives.disk.list("journal").size());
    lives.clock.advance(Duration.ofSeconds(7));
    assertEquals(2, lives.disk.list("journal").size());
    lives.clock.advance(LONG);

    assertEquals(
        List.of(
            "InProgress [InProgress]",
            "InProgress [Success, InProgress]",
            "InProgress [Success, Failed, InProgress]",
            WELL),
        lives.reports.stream().map(ChildRunsTest::text).distinct().toList());
    StepResult step = lives.ends().getFirst().steps().get(1);
    assertEquals(1, step.exitCode());
    assertEquals("the step 'd' of the document ended as Failed with exit code 3", step.reason());
    assertEquals(
        "out of 0-1-0\nout of 0-1-0\nout of 1-1-0\nout of 2-1-0\n",
        step.stdout().head().toStringUtf8());
    assertEquals(
        List.of(
            "0-1-0",
            "1-1-0/0-1-0",
            "1-1-0/1-1-0/0-1-0",
            "1-1-0/1-1-0/1-1-0",
            "1-1-0/2-1-0",
            "2-1-0"),
        starts(lives));
    assertTrue(lives.disk.list("journal").isEmpty(), "all forgotten");
  }

  @Test
  void aCrashAtAnyChangeOfTheDiskStartsNothingTwiceAndEndsOnce() {
    int crashes = 0;
    int well = 0;
    for (boolean after : List.of(false, true)) {
      for (int change = 0; ; change++) {
        Lives world = new Lives();
        world.disk.crashAt(change, after);
        boolean crashed = false;
        try {
          world.runner().start(Documents.request(PARENT, CHILDREN));
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
        boolean intended = change > 0 || after;
        well +=
            check(world, intended, "crash " + (after ? "after" : "before") + " change " + change);
      }
    }
    System.out.println("nested documents: " + crashes + " crashes, " + well + " ended well");
    assertTrue(crashes > 40, crashes + " crashes");
    assertTrue(well > crashes / 2, well + " of " + crashes + " ended as if nothing had been");
  }

  @Test
  void aSecondCrashWhileTheFirstIsTakenUpStartsNothingTwiceEither() {
    int crashes = 0;
    for (int first = 3; first < 40; first += 4) {
      for (int second = 0; second < 12; second++) {
        for (boolean after : List.of(false, true)) {
          Lives world = new Lives();
          world.disk.crashAt(first, true);
          try {
            world.runner().start(Documents.request(PARENT, CHILDREN));
            world.clock.advance(LONG);
          } catch (MemoryDisk.Crash e) {
            crashes++;
          }
          world.disk.crashAt(second, after);
          try {
            world.runner().recover();
            world.clock.advance(LONG);
          } catch (MemoryDisk.Crash e) {
            crashes++;
          }
          world.disk.crashAt(-1, false);
          world.runner().recover();
          world.clock.advance(LONG);
          check(world, true, "crash after " + first + ", then at " + second + " " + after);
        }
      }
    }
    assertTrue(crashes > 200, crashes + " crashes");
  }

  @Test
  void aScriptThatStartedJustBeforeACrashIsAdoptedAtWhateverDepth() {
    for (int start = 0; start < 6; start++) {
      Lives world = new Lives();
      world.host.crashAfterStart(start);
      try {
        world.runner().start(Documents.request(PARENT, CHILDREN));
        world.clock.advance(LONG);
      } catch (MemoryDisk.Crash e) {
        // That is the case.
      }
      assertEquals(start + 1, world.host.starts().size());

      world.runner().recover();
      world.clock.advance(LONG);

      assertEquals(WELL, text(world.ends().getFirst()), "start " + start);
      assertEquals(6, world.host.starts().size());
    }
  }

  @Test
  void anAgentThatIsRestartedEverySecondChangesNothing() {
    start(PARENT, CHILDREN);
    for (int second = 0; second < 60; second++) {
      lives.clock.advance(Duration.ofSeconds(1));
      lives.runner().recover();
    }
    lives.clock.advance(LONG);

    assertEquals(WELL, text(lives.ends().getFirst()));
    assertEquals(6, lives.host.starts().size());
  }

  @Test
  void whatIsLostInADocumentInterruptsTheRun() {
    start(PARENT, CHILDREN);
    lives.clock.advance(Duration.ofSeconds(13));
    lives.host.reboot(lives.clock.uptime());
    lives.runner().recover();
    lives.clock.advance(LONG);

    assertEquals("Interrupted [Success, Interrupted, Skipped]", text(lives.ends().getFirst()));
    assertTrue(lives.disk.list("journal").isEmpty());
  }

  @Test
  void aCancelledRunEndsItsDocumentsFirstAlsoAfterARestart() {
    for (boolean restarted : List.of(false, true)) {
      Lives world = new Lives();
      DocumentRunner runner = world.runner();
      RunRequest request =
          Documents.request(
              Documents.document(
                  List.of(Documents.child("one", ""), Documents.script("z", "exit 0 1"))),
              Map.of(
                  "one",
                  Documents.document(List.of(Documents.child("two", ""))),
                  "two",
                  Documents.shell("hang", "exit 0 1")));
      runner.start(request);
      world.clock.advance(Duration.ofSeconds(5));

      runner.cancel(request.runId());
      if (restarted) {
        world.clock.advance(Duration.ofSeconds(1));
        assertTrue(world.host.busy(world.clock.uptime()));
        world.runner().recover();
      }
      world.clock.advance(LONG);

      assertEquals("Cancelled [Cancelled, Skipped]", text(world.ends().getFirst()));
      assertEquals(
          "out of 0-1-0\n",
          world.ends().getFirst().steps().getFirst().stdout().head().toStringUtf8());
      assertFalse(world.host.busy(world.clock.uptime()));
      assertEquals(1, world.host.starts().size());
      assertTrue(world.disk.list("journal").isEmpty());
    }
  }

  @Test
  void aDocumentIsCancelledWhoeverOfTheTwoHadNotedIt() {
    // The parent notes that it is ending the step, and the agent dies before the document hears.
    for (int change = 0; change < 20; change++) {
      Lives world = new Lives();
      DocumentRunner runner = world.runner();
      RunRequest request =
          Documents.request(
              Documents.document(List.of(Documents.child("one", ""))),
              Map.of("one", Documents.shell("hang", "exit 0 1")));
      runner.start(request);
      world.clock.advance(Duration.ofSeconds(5));
      world.disk.crashAt(change, true);
      try {
        runner.cancel(request.runId());
        world.clock.advance(LONG);
      } catch (MemoryDisk.Crash e) {
        world.disk.crashAt(-1, false);
        world.runner().recover();
        world.clock.advance(LONG);
      }

      assertEquals(
          Set.of("Cancelled [Cancelled]"),
          world.ends().stream().map(ChildRunsTest::text).collect(Collectors.toSet()));
      assertFalse(world.host.busy(world.clock.uptime()));
      assertEquals(1, world.host.starts().size());
    }
  }

  @Test
  void theTimeOfAStepHoldsForTheDocumentThatItRunsAlsoInAnotherLife() {
    start(
        Documents.document(
            List.of(
                Documents.child("one", ",\"timeoutSeconds\":30"),
                Documents.script("z", "exit 0 1"))),
        Map.of("one", Documents.shell("exit 0 5", "hang")));
    lives.clock.advance(Duration.ofSeconds(20));
    lives.runner().recover();
    lives.clock.advance(Duration.ofSeconds(9));
    assertTrue(lives.host.busy(lives.clock.uptime()));
    lives.clock.advance(Duration.ofSeconds(10));

    Report.Run end = lives.ends().getFirst();
    assertEquals("TimedOut [TimedOut, Success]", text(end));
    assertEquals(
        "out of 0-1-0\nout of 1-1-0\n", end.steps().getFirst().stdout().head().toStringUtf8());
  }

  @Test
  void aStepWithinThatTakesTooLongIsTheStepsEndAndItsCodeIsZero() {
    start(
        Documents.document(List.of(Documents.child("one", ""), Documents.script("z", "exit 0 1"))),
        Map.of("one", Documents.shell("hang", "exit 3 1")));
    lives.clock.advance(LONG);

    Report.Run end = lives.ends().getFirst();
    assertEquals("TimedOut [TimedOut, Success]", text(end));
    assertEquals(0, end.steps().getFirst().exitCode());
  }

  @Test
  void aDocumentWithinAnotherCannotAskForAReboot() {
    start(
        Documents.document(List.of(Documents.child("one", ""), Documents.script("z", "exit 0 1"))),
        Map.of("one", Documents.shell("exit 194 1", "exit 0 1")));
    lives.clock.advance(LONG);

    Report.Run end = lives.ends().getFirst();
    assertEquals("Failed [Failed, Success]", text(end));
    assertEquals("RebootNotAllowed", end.detailedStatus());
    assertEquals(0, lives.reboots.get());
    assertEquals(3, lives.host.starts().size());
  }

  @Test
  void exitCode168EndsOnlyTheDocumentThatSaidSo() {
    start(
        Documents.document(List.of(Documents.child("one", ""), Documents.script("z", "exit 0 1"))),
        Map.of("one", Documents.shell("exit 168 1", "exit 3 1")));
    lives.clock.advance(LONG);

    Report.Run end = lives.ends().getFirst();
    assertEquals("Success [Success, Success]", text(end));
    assertEquals(0, end.steps().getFirst().exitCode());
    assertEquals(2, lives.host.starts().size());
  }

  @Test
  void aStepThatFailsIsTriedAgainWithADocumentOfItsOwn() {
    start(
        Documents.document(List.of(Documents.child("one", ",\"maxAttempts\":3"))),
        Map.of("one", Documents.shell("exit 1 1")));
    lives.clock.advance(LONG);

    assertEquals(List.of("0-1-0/0-1-0", "0-2-0/0-1-0", "0-3-0/0-1-0"), starts(lives));
    assertEquals(3, lives.ends().getFirst().steps().getFirst().attempt());
  }

  @Test
  void threeDocumentsMayBeNestedAndAFourthFails() {
    for (int depth : List.of(3, 4)) {
      Lives world = new Lives();
      Map<String, String> documents = new TreeMap<>();
      for (int i = 1; i < depth; i++) {
        documents.put(
            "d" + i,
            Documents.document(
                List.of(Documents.script("s", "exit 0 1"), Documents.child("d" + (i + 1), ""))));
      }
      documents.put("d" + depth, Documents.shell("exit 0 1"));
      world
          .runner()
          .start(
              Documents.request(Documents.document(List.of(Documents.child("d1", ""))), documents));
      world.clock.advance(LONG);

      Report.Run end = world.ends().getFirst();
      assertEquals(depth == 3 ? "Success [Success]" : "Failed [Failed]", text(end));
      assertEquals(depth == 3 ? "Success" : "NestedTooDeep", end.detailedStatus());
      assertEquals(3, world.host.starts().size());
    }
  }

  @Test
  void aDocumentThatCannotRunFailsItsStepAndSaysWhy() {
    Map<String, String> reasons = new LinkedHashMap<>();
    reasons.put("unknown", "InvalidDocument: the document 'unknown' did not come");
    reasons.put("bad", "InvalidDocument: the document can't be read");
    reasons.put("needs", "MissingParameter: no value for the required parameter p");
    reasons.forEach(
        (name, reason) -> {
          Lives world = new Lives();
          world
              .runner()
              .start(
                  Documents.request(
                      Documents.document(
                          List.of(Documents.child(name, ""), Documents.script("z", "exit 0 1"))),
                      Map.of(
                          "bad",
                          "{\"schemaVersion\":\"9.9\"}",
                          "needs",
                          "{\"schemaVersion\":\"2.2\",\"parameters\":{\"p\":{\"type\":\"String\"}},"
                              + "\"mainSteps\":["
                              + Documents.script("s", "exit 0 1")
                              + "]}")));
          world.clock.advance(LONG);
          StepResult step = world.ends().getFirst().steps().getFirst();
          assertEquals("Failed [Failed, Success]", text(world.ends().getFirst()));
          assertEquals(1, step.exitCode());
          assertTrue(step.reason().startsWith(reason), step.reason());
          assertEquals(
              reason.substring(0, reason.indexOf(':')), world.ends().getFirst().detailedStatus());
        });
  }

  @Test
  void whatCannotBeReadInTheJournalInterruptsAndLeavesNothing() {
    for (String file : List.of("intent", "state")) {
      Lives world = new Lives();
      world
          .runner()
          .start(
              Documents.request(
                  Documents.document(List.of(Documents.child("one", ""))),
                  Map.of("one", Documents.shell("hang"))));
      world.clock.advance(Duration.ofSeconds(2));
      String child = world.disk.list("journal").getLast();
      assertTrue(child.endsWith(".0-1-0"), child);
      world.disk.write("journal/" + child + "/" + file, new byte[] {1});
      // The real host has the folder; the fake one doesn't make it.
      world.disk.write(partOf(world) + "/x", new byte[1]);

      world.runner().recover();
      world.clock.advance(LONG);

      assertEquals("Interrupted [Interrupted]", text(world.ends().getFirst()), file);
      assertFalse(world.host.busy(world.clock.uptime()), file);
      assertTrue(world.disk.list("journal").isEmpty(), file);
      assertEquals(1, world.host.starts().size());
    }
  }

  @Test
  void aDamagedOutermostRunEndsWhatItsDocumentsStarted() {
    lives
        .runner()
        .start(
            Documents.request(
                Documents.document(List.of(Documents.child("one", ""))),
                Map.of("one", Documents.shell("hang"))));
    lives.clock.advance(Duration.ofSeconds(2));
    lives.disk.write("journal/" + lives.disk.list("journal").getFirst() + "/state", new byte[1]);
    lives.disk.write(partOf(lives) + "/x", new byte[1]);

    lives.runner().recover();
    lives.clock.advance(LONG);

    assertEquals("JournalDamaged", lives.ends().getFirst().detailedStatus());
    assertFalse(lives.host.busy(lives.clock.uptime()));
    assertTrue(lives.disk.list("journal").isEmpty());
  }

  @Test
  void aFileOfTheHostIsReadOnceAndWhatRunsIsWhatWasRead() throws IOException {
    Path file = folder.resolve("child.json");
    Files.writeString(file, Documents.shell("exit 0 5", "exit 0 5"));
    start(Documents.document(List.of(local(file.toString()))), Map.of());
    lives.clock.advance(Duration.ofSeconds(2));
    Files.writeString(file, Documents.shell("exit 9 1"));
    lives.runner().recover();
    lives.clock.advance(LONG);

    assertEquals("Success [Success]", text(lives.ends().getFirst()));
    assertEquals(2, lives.host.starts().size());
  }

  @Test
  void aFileThatCannotBeADocumentFailsTheStep() throws IOException {
    Path large = Files.write(folder.resolve("large"), new byte[70_000]);
    Map<String, String> reasons = new LinkedHashMap<>();
    reasons.put("/no/such/file", "InvalidDocument: there is no file");
    reasons.put("/dev/zero", "InvalidDocument: there is no file");
    reasons.put(folder.toString(), "InvalidDocument: there is no file");
    reasons.put(large.toString(), "InvalidDocument: " + large + " has more than 65536 bytes");
    reasons.put("../../x", "InvalidInputs: documentPath is '../../x'");
    reasons.forEach(
        (path, reason) -> {
          Lives world = new Lives();
          world
              .runner()
              .start(Documents.request(Documents.document(List.of(local(path))), Map.of()));
          world.clock.advance(LONG);
          String said = world.ends().getFirst().steps().getFirst().reason();
          assertTrue(said.startsWith(reason), said);
        });
  }

  private static String local(String path) {
    return "{\"action\":\"aws:runDocument\",\"name\":\"local\",\"inputs\":{"
        + "\"documentType\":\"LocalPath\",\"documentPath\":\""
        + path
        + "\"}}";
  }

  /**
   * @return 1 if it ended as if there had been no crash
   */
  private static int check(Lives world, boolean intended, String where) {
    assertEquals(
        world.host.starts().size(), Set.copyOf(world.host.starts()).size(), where + ": twice");
    assertEquals(
        intended ? 1 : 0, new HashSet<>(world.ends()).size(), where + ": ends " + world.ends());
    String end = world.ends().stream().map(ChildRunsTest::text).findFirst().orElse("");
    assertTrue(!intended || end.equals(WELL) || end.contains("Interrupted"), where + ": " + end);
    assertTrue(world.disk.list("journal").isEmpty(), where + world.disk.list("journal"));
    assertFalse(world.host.busy(world.clock.uptime()), where);
    return end.equals(WELL) ? 1 : 0;
  }

  private void start(String document, Map<String, String> children) {
    lives.runner().start(Documents.request(document, children));
  }

  private static String partOf(Lives world) {
    return "runs/" + world.host.starts().getFirst().toString().replaceFirst("^/state/runs/", "");
  }

  private static List<String> starts(Lives world) {
    return world.host.starts().stream()
        .map(path -> path.toString().replaceFirst("^/state/runs/[^/]*/", ""))
        .toList();
  }

  private static String text(Report.Run report) {
    return report.status().text()
        + report.steps().stream()
            .map(StepResult::status)
            .map(RunStatus::text)
            .collect(Collectors.joining(", ", " [", "]"));
  }
}

package dev.holdfast.agent.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.run.Secrets.Answer;
import dev.holdfast.agent.run.Secrets.Secret;
import dev.holdfast.association.AssociationId;
import dev.holdfast.document.Value;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.wire.ReportCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Runs whose documents refer to SecureStrings, over a host that is made up. */
final class SecretRunsTest {
  private static final String CANARY = "canary-7f3a9";
  private static final Duration LONG = Duration.ofHours(1);
  private static final Map<String, Value> VALUES =
      Map.of("password", new Value.Text("user:{{ssm-secure:/web/password}}"));

  private final Lives lives = new Lives();
  private final Book book = new Book();

  /** A source of secrets that answers when the test says so, or at once. */
  private static final class Book implements Secrets {
    final List<Set<String>> asked = new ArrayList<>();
    final List<Consumer<Answer>> answers = new ArrayList<>();
    boolean atOnce = true;
    String newest = CANARY;
    int version = 4;

    @Override
    public void fetch(AssociationId association, Set<String> names, Consumer<Answer> answer) {
      asked.add(names);
      answers.add(answer);
      if (atOnce) {
        answer.accept(given(names));
      }
    }

    Answer given(Set<String> names) {
      Map<String, Secret> secrets = new HashMap<>();
      names.forEach(
          name ->
              secrets.put(
                  name, name.endsWith(":4") ? new Secret(CANARY, 4) : new Secret(newest, version)));
      return new Answer.Given(secrets);
    }

    void answer() {
      answers.getLast().accept(given(asked.getLast()));
    }

    void refuse() {
      answers.getLast().accept(new Answer.Unavailable("there is no link"));
    }
  }

  @Test
  void aScriptGetsThemInItsEnvironmentAndNothingElseEverHasThem() {
    start("exit 0 5", "exit 3 5");
    lives.clock.advance(LONG);

    assertEquals(List.of(Set.of("/web/password")), book.asked);
    assertEquals(
        List.of("user:" + CANARY, "user:" + CANARY),
        lives.host.environments().stream().map(e -> e.get("SSM_password")).toList());
    Report.Run end = lives.ends().getFirst();
    assertEquals(
        "out of 0-1-0 SSM_password=user:***\n", end.steps().get(0).stdout().head().toStringUtf8());
    nothingHasIt();
  }

  @Test
  void noStepStartsBeforeTheyCame() {
    book.atOnce = false;
    DocumentRunner runner = start("exit 0 5");
    lives.clock.advance(Duration.ofSeconds(30));
    assertTrue(lives.host.starts().isEmpty());
    assertEquals(1, runner.active().size());

    book.answer();
    lives.clock.advance(LONG);

    assertEquals(RunStatus.SUCCESS, lives.ends().getFirst().status());
  }

  @Test
  void aRunThatCannotHaveThemFailsAndNoStepStarts() {
    book.atOnce = false;
    DocumentRunner runner = start("exit 0 5", "exit 0 5");
    book.refuse();
    lives.clock.advance(LONG);

    Report.Run end = lives.ends().getFirst();
    assertEquals(RunStatus.FAILED, end.status());
    assertEquals("SecretUnavailable", end.detailedStatus());
    assertEquals(
        List.of(
            "Skipped: SecretUnavailable: there is no link",
            "Skipped: SecretUnavailable: there is no link"),
        reasons(end));
    assertTrue(lives.host.starts().isEmpty());
    assertTrue(runner.active().isEmpty());
    assertTrue(lives.disk.list("journal").isEmpty());
  }

  @Test
  void aRunIsCancelledWhileItWaitsAndWhatComesLateIsDropped() {
    book.atOnce = false;
    DocumentRunner runner = start("exit 0 5");
    runner.cancel("99999999-2222-3333-4444-555555555555");
    lives.clock.advance(LONG);
    assertEquals(RunStatus.CANCELLED, lives.ends().getFirst().status());

    book.answer();
    lives.clock.advance(LONG);

    assertEquals(1, lives.ends().size());
    assertTrue(lives.host.starts().isEmpty());
    assertTrue(lives.disk.list("journal").isEmpty(), "nothing is noted of a run that is over");
  }

  @Test
  void aLaterLifeAsksForTheVersionsThatTheRunBeganWith() {
    start("exit 0 5", "exit 0 5");
    lives.clock.advance(Duration.ofSeconds(2));
    book.newest = "rotated-value";
    book.version = 5;

    lives.runner().recover();
    lives.clock.advance(LONG);

    assertEquals(List.of(Set.of("/web/password"), Set.of("/web/password:4")), book.asked);
    Report.Run end = lives.ends().getFirst();
    assertEquals(RunStatus.SUCCESS, end.status());
    assertTrue(
        end.steps().stream()
            .allMatch(s -> s.stdout().head().toStringUtf8().endsWith("SSM_password=user:***\n")),
        end.toString());
    nothingHasIt();
  }

  @Test
  void outputOfAnAdoptedScriptIsWithheldAndTheNextStepFailsIfTheyCannotBeFetchedAgain() {
    start("exit 0 5", "exit 0 5");
    lives.clock.advance(Duration.ofSeconds(2));
    lives.secrets =
        (association, names, answer) -> answer.accept(new Answer.Unavailable("no link"));

    lives.runner().recover();
    lives.clock.advance(LONG);

    Report.Run end = lives.ends().getFirst();
    assertEquals("Failed SecretUnavailable", end.status().text() + " " + end.detailedStatus());
    assertEquals(List.of("Success: ", "Failed: SecretUnavailable: no link"), reasons(end));
    String told = end.steps().getFirst().stdout().head().toStringUtf8();
    assertTrue(told.startsWith("[not told: it may have secrets in it"), told);
    assertEquals(1, lives.host.starts().size());
    nothingHasIt();
  }

  @Test
  void aCrashAtAnyChangeOfTheDiskStartsNothingTwiceAndTellsNothing() {
    int crashes = 0;
    for (boolean after : List.of(false, true)) {
      for (int change = 0; ; change++) {
        Lives world = new Lives();
        world.secrets = new Book();
        world.disk.crashAt(change, after);
        boolean crashed = false;
        try {
          world.runner().start(Documents.request(document("exit 0 5", "exit 0 5"), VALUES, false));
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

        assertEquals(
            world.host.starts().size(), Set.copyOf(world.host.starts()).size(), "nothing twice");
        assertEquals(change > 0 || after ? 1 : 0, Set.copyOf(world.ends()).size(), "one end");
        assertFalse(world.disk.everHeld(CANARY));
        assertTrue(world.disk.list("journal").isEmpty());
      }
    }
    assertTrue(crashes > 10, crashes + " crashes");
  }

  @Test
  void theReasonOfAScriptThatCannotStartIsMasked() {
    start("refuse");
    lives.clock.advance(LONG);

    assertEquals(
        List.of("Failed: NotStarted: refused SSM_password=user:***"),
        reasons(lives.ends().getFirst()));
    nothingHasIt();
  }

  @Test
  void aValueThatTheDocumentDoesNotAllowStartsNothingAndIsNotTold() {
    lives.secrets = book;
    String document =
        document("exit 0 5").replace("ENV_VAR\"", "ENV_VAR\",\"allowedPattern\":\"^user:[0-9]+$\"");
    lives.runner().start(Documents.request(document, VALUES, false));
    lives.clock.advance(LONG);

    assertEquals("InvalidParameters", lives.ends().getFirst().detailedStatus());
    assertTrue(reasons(lives.ends().getFirst()).getFirst().contains("password"));
    assertTrue(lives.host.starts().isEmpty());
    nothingHasIt();
  }

  @Test
  void aReferenceWhereItWouldBePastedIsRefusedWithoutAsking() {
    lives.secrets = book;
    lives
        .runner()
        .start(
            Documents.request(
                document("exit 0 {{ password }}").replace(",\"interpolationType\":\"ENV_VAR\"", ""),
                VALUES,
                false));
    lives.clock.advance(LONG);

    assertEquals("InvalidParameters", lives.ends().getFirst().detailedStatus());
    assertEquals(List.of(), book.asked);
  }

  private DocumentRunner start(String... scripts) {
    lives.secrets = book;
    DocumentRunner runner = lives.runner();
    runner.start(Documents.request(document(scripts), VALUES, false));
    return runner;
  }

  private static String document(String... scripts) {
    return Documents.shell(scripts)
        .replace(
            "\"mainSteps\"",
            "\"parameters\":{\"password\":{\"type\":\"String\",\"interpolationType\":\"ENV_VAR\"}},"
                + "\"mainSteps\"");
  }

  private static List<String> reasons(Report.Run end) {
    return end.steps().stream().map(step -> step.status().text() + ": " + step.reason()).toList();
  }

  /** Neither the disk, at any time, nor a report. */
  private void nothingHasIt() {
    assertFalse(lives.disk.everHeld(CANARY));
    String told =
        lives.reports.stream()
            .flatMap(report -> report.steps().stream())
            .map(step -> new String(ReportCodec.toBytes(step), StandardCharsets.UTF_8))
            .collect(Collectors.joining());
    assertFalse(told.contains(CANARY), told);
  }
}

package dev.holdfast.agent.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.policy.PolicySample;
import dev.holdfast.agent.policy.Standing;
import dev.holdfast.agent.run.RunPlan.Planning;
import dev.holdfast.document.DocumentReading;
import dev.holdfast.document.Value;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Runs that their host does not allow, or that can't even be read. */
final class HostPermissionTest {
  private static final String CHILD =
      Documents.document(List.of(Documents.script("inner", "exit 0 1")));
  private static final String PARENT =
      Documents.document(
          List.of(Documents.script("first", "exit 0 1"), Documents.child("Inner", "")));
  private static final String AS_A_USER =
      """
      {"schemaVersion":"2.2","parameters":{"user":{"type":"String"}},
      "mainSteps":[{"action":"aws:runShellScript","name":"only",
      "inputs":{"runAs":"{{ user }}","runCommand":["exit 0 1"]}}]}\
      """;

  private final Lives lives = new Lives();

  @Test
  void aForbiddenStepEndsTheRunBeforeAnyStepStarts() {
    lives.policy = PolicySample.of("# allowed here\nallowed_actions: [aws:runDocument]");
    lives.runner().start(Documents.request(PARENT, Map.of("Inner", CHILD)));

    Report.Run end = lives.ends().getFirst();
    assertEquals(RunStatus.FAILED, end.status());
    assertEquals("ForbiddenByHost", end.detailedStatus());
    assertEquals(2, end.steps().size());
    assertEquals(
        "ForbiddenByHost: step 'first' uses aws:runShellScript, which allowed_actions in p.yaml:2"
            + " of this host does not allow",
        end.steps().getFirst().reason());
    assertTrue(end.steps().stream().allMatch(step -> step.status() == RunStatus.SKIPPED));
    assertTrue(lives.disk.list("runs").isEmpty(), "nothing was started");
    assertTrue(lives.disk.list("journal").isEmpty(), "all is forgotten");
  }

  @Test
  void aForbiddenStepOfADocumentWithinItDoesToo() {
    String inner = "{\"schemaVersion\":\"2.2\",\"mainSteps\":[" + Documents.INVENTORY + "]}";
    lives.policy = PolicySample.of("allowed_actions: [aws:runDocument, aws:runShellScript]");
    lives.runner().start(Documents.request(PARENT, Map.of("Inner", inner)));

    Report.Run end = lives.ends().getFirst();
    assertEquals("ForbiddenByHost", end.detailedStatus());
    assertTrue(
        end.steps()
            .getFirst()
            .reason()
            .contains("step 'inventory' of the document 'Inner' uses aws:softwareInventory"),
        end.steps().getFirst().reason());
    assertTrue(lives.disk.list("runs").isEmpty(), "nothing was started");
  }

  @Test
  void aUserIsJudgedByTheValueThatItHasAndAllThatIsAllowedRuns() {
    lives.policy = PolicySample.of("allowed_users: [web]");
    assertEquals(
        "ForbiddenByHost: step 'only' runs as ann, which allowed_users in p.yaml:1 of this host"
            + " does not allow",
        run(AS_A_USER, Map.of("user", new Value.Text("ann"))).steps().getFirst().reason());
    assertEquals(RunStatus.SUCCESS, run(AS_A_USER, Map.of("user", new Value.Text("web"))).status());
    assertEquals("ForbiddenByHost", run(CHILD, Map.of()).detailedStatus(), "it would run as root");
    lives.policy = PolicySample.of("allowed_users: [root]");
    assertEquals(RunStatus.SUCCESS, run(CHILD, Map.of()).status());
  }

  @Test
  void aPolicyThatIsWrongForbidsEverything() {
    lives.policy = new Standing.Wrong("it is wrong");
    assertEquals("ForbiddenByHost: it is wrong", run(CHILD, Map.of()).steps().getFirst().reason());
  }

  @Test
  void whatIsInProgressGoesOnWhenThePolicyChanges() {
    lives.runner().start(Documents.request(Documents.shell("exit 0 20"), Map.of(), false));
    lives.clock.advance(Duration.ofSeconds(5));
    lives.policy = new Standing.Wrong("it is wrong");
    lives.runner().recover();
    lives.clock.advance(Duration.ofMinutes(1));
    assertEquals(RunStatus.SUCCESS, lives.ends().getFirst().status());
  }

  @Test
  void aDocumentThatBreaksItsReaderIsRefusedAlone() {
    List<Function<byte[], DocumentReading>> readers =
        List.of(
            _ -> {
              throw new StackOverflowError();
            },
            _ -> {
              throw new OutOfMemoryError("of one document");
            },
            _ -> {
              throw new LinkageError("half of it is missing");
            },
            _ -> {
              throw new IllegalStateException("whatever");
            });
    for (Function<byte[], DocumentReading> reader : readers) {
      RunPlanner planner = new RunPlanner(reader, Documents.PLANNER, () -> Standing.ABSENT);
      Planning planning =
          planner.plan(
              new RunIntent(Documents.request(CHILD, Map.of(), false), Instant.EPOCH),
              new RunState.Ready(List.of()));
      Planning.Refused refused = assertInstanceOf(Planning.Refused.class, planning);
      assertEquals("Parked", refused.detailedStatus());
      assertTrue(refused.reason().startsWith("to read it breaks the agent: java.lang."));
    }
  }

  private Report.Run run(String document, Map<String, Value> values) {
    lives.reports.clear();
    lives.runner().start(Documents.request(document, values, false));
    lives.clock.advance(Duration.ofHours(1));
    return lives.ends().getFirst();
  }
}

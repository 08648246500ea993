package dev.holdfast.agent.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.step.Outcome;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.RunLimits;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.CoordinatorMessage;
import dev.holdfast.wire.agent.RefreshAnswer;
import dev.holdfast.wire.agent.RefreshRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RefreshTest extends LinkRig {
  private static final AssociationId ASKING =
      new AssociationId("00000000-0000-4000-8000-000000000001");

  private final List<Outcome> outcomes = new ArrayList<>();

  private void ask(String... ids) {
    link.refreshes().ask("run", ASKING, new Trigger.Change(1, 2), List.of(ids), outcomes::add);
    timers.advance(Duration.ZERO);
  }

  private List<RefreshRequest> requests() {
    return dialer.last().sent.stream()
        .filter(AgentMessage::hasRefresh)
        .map(AgentMessage::getRefresh)
        .toList();
  }

  private void answer(RefreshAnswer.Builder answer) {
    dialer.last().receive(CoordinatorMessage.newBuilder().setRefreshed(answer));
    timers.advance(Duration.ZERO);
  }

  private Outcome outcome() {
    assertEquals(1, outcomes.size(), outcomes.toString());
    return outcomes.getFirst();
  }

  @Test
  void theRequestSaysWhichRunAsksForWhat() {
    linkUp(0);

    ask("one", "two");

    RefreshRequest request = requests().getFirst();
    assertEquals("run", request.getRunId());
    assertEquals(ASKING.value(), request.getAssociationId());
    assertEquals("change:1.2", request.getTrigger());
    assertEquals(List.of("one", "two"), request.getAssociationIdsList());
    assertEquals(List.of(), outcomes, "it waits for the answer");
  }

  @Test
  void blankIdsMeanAll() {
    linkUp(0);

    ask("", "  ");

    assertEquals(List.of(), requests().getFirst().getAssociationIdsList());
  }

  @Test
  void theAnswerIsASuccessThatNamesWhatStartsAndWhatDoesNot() {
    linkUp(0);
    ask();

    answer(
        RefreshAnswer.newBuilder()
            .setNumber(1)
            .addAssociationIds("a")
            .addLeft(RefreshAnswer.Left.newBuilder().setAssociation("b").setReason("is running")));

    assertEquals(RunStatus.SUCCESS, outcome().status());
    assertEquals("asked to start: a\n", outcome().stdout());
    assertEquals("left out: b: is running\n", outcome().stderr());
  }

  @Test
  void aRefusalFailsTheStepWithItsWords() {
    linkUp(0);
    ask();

    answer(RefreshAnswer.newBuilder().setNumber(1).setRefusal("RefreshRefused: no"));

    assertEquals(Outcome.failed("RefreshRefused: no"), outcome());
  }

  @Test
  void aRunThatWasStartedByARefreshSkipsTheStep() {
    linkUp(0);
    ask();

    answer(RefreshAnswer.newBuilder().setNumber(1).setRefusal("StartedByRefresh: enough"));

    assertEquals(RunStatus.SKIPPED, outcome().status());
    assertEquals("StartedByRefresh: enough", outcome().reason());
  }

  @Test
  void withoutALinkTheCoordinatorIsUnreachable() {
    link.start();

    ask();

    assertUnreachable();
    assertEquals(List.of(), requests(), "nothing is sent before the hello is answered");
  }

  @Test
  void aLinkThatEndsBeforeTheAnswerLeavesTheCoordinatorUnreachable() {
    linkUp(0);
    ask();

    dialer.last().listener.closed("gone");
    timers.advance(Duration.ZERO);

    assertUnreachable();
  }

  @Test
  void anAnswerThatDoesNotComeInTimeLeavesTheCoordinatorUnreachableAndIsDroppedLater() {
    linkUp(0);
    ask();
    timers.advance(RunLimits.REFRESH.minusMillis(1));
    assertEquals(List.of(), outcomes);

    timers.advance(Duration.ofMillis(1));
    assertUnreachable();

    answer(RefreshAnswer.newBuilder().setNumber(1).addAssociationIds("a"));
    assertUnreachable();
  }

  @Test
  void aLateAnswerIsNotTakenForThatOfTheNextRequest() {
    linkUp(0);
    ask();
    timers.advance(RunLimits.REFRESH);
    outcomes.clear();
    ask();

    answer(RefreshAnswer.newBuilder().setNumber(1).addAssociationIds("late"));
    assertEquals(List.of(), outcomes);

    answer(RefreshAnswer.newBuilder().setNumber(2).addAssociationIds("own"));
    assertEquals("asked to start: own\n", outcome().stdout());
  }

  @Test
  void tooManyIdsAreRefusedHere() {
    linkUp(0);
    ask(Collections.nCopies(RunLimits.MAX_REFRESHED, "a").toArray(String[]::new));
    assertEquals(1, requests().size());

    ask(Collections.nCopies(RunLimits.MAX_REFRESHED + 1, "a").toArray(String[]::new));

    assertEquals(1, requests().size());
    assertEquals(
        Outcome.failed("InvalidInputs: 51 associations are named; at most 50 are allowed"),
        outcome());
  }

  @Test
  void namesThatAreTooLongAreRefusedHere() {
    linkUp(0);
    ask("a".repeat(RunLimits.MAX_REFRESHED_BYTES));
    assertEquals(1, requests().size());
    answer(RefreshAnswer.newBuilder().setNumber(1));
    outcomes.clear();

    ask("a".repeat(RunLimits.MAX_REFRESHED_BYTES - 1), "\u00e4");

    assertEquals(1, requests().size());
    assertEquals(
        Outcome.failed(
            "InvalidInputs: the names of the associations have 16385 bytes; at most 16384 are"
                + " allowed"),
        outcome());
  }

  @Test
  void onlySoManyRequestsWaitForTheirAnswers() {
    linkUp(0);
    for (int i = 0; i < RunLimits.MAX_REFRESHES; i++) {
      ask();
    }
    assertEquals(List.of(), outcomes);

    ask();

    assertUnreachable();
    assertEquals(RunLimits.MAX_REFRESHES, requests().size());
  }

  private void assertUnreachable() {
    assertEquals(RunStatus.FAILED, outcome().status());
    assertTrue(outcome().reason().startsWith("CoordinatorUnreachable: "), outcome().reason());
  }
}

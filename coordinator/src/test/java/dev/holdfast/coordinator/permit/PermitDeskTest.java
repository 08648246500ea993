package dev.holdfast.coordinator.permit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.Trigger;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.v1.Association;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Permits, as an engine gives them over its links. */
final class PermitDeskTest {
  @TempDir Path folder;
  private PermitScene scene;

  @BeforeEach
  void open() {
    scene = new PermitScene(folder, 4);
    scene.agents.values().forEach(PermitScene.Agent::link);
  }

  @AfterEach
  void close() {
    scene.close();
  }

  @Test
  void noMoreAreGrantedThanTheConcurrencyAndTheNextWhenOneEnds() {
    AssociationId id = scene.create("2", "");
    Trigger change = scene.change(id);
    for (int i = 1; i <= 4; i++) {
      scene.agent(i).ask(id, change);
    }

    assertTrue(scene.agent(1).granted(id, change));
    assertTrue(scene.agent(2).granted(id, change));
    assertFalse(scene.agent(3).granted(id, change));
    assertEquals(2, scene.counting(id), "a permit is a row");
    assertEquals("Pending/WaitingForPermit", scene.reads(id, change, 3));
    assertEquals("Pending/Scheduled", scene.reads(id, change, 1));

    scene.agent(1).begin(id, change).end(id, change, RunStatus.SUCCESS).report();
    assertTrue(scene.agent(3).granted(id, change));
    assertFalse(scene.agent(4).granted(id, change));
    assertEquals(2, scene.counting(id));
  }

  @Test
  void anExecutionHasItsLimitsAsNumbersOfTheMembersAtItsInstant() {
    AssociationId id = scene.create("50%", "26%");
    var rate = scene.execution(id, scene.change(id)).rate();
    assertEquals(OptionalInt.of(2), rate.maxConcurrency());
    assertEquals(OptionalInt.of(1), rate.maxErrors());

    AssociationId small = scene.create("1%", "");
    rate = scene.execution(small, scene.start(small)).rate();
    assertEquals(OptionalInt.of(1), rate.maxConcurrency(), "at least 1");
    assertEquals(OptionalInt.empty(), rate.maxErrors());
  }

  @Test
  void whoAsksAgainIsAnsweredAgainSoThatALostAnswerCostsNothing() {
    AssociationId id = scene.create("1", "");
    Trigger change = scene.change(id);
    PermitScene.Agent agent = scene.agent(1);
    agent.deaf = true;
    agent.ask(id, change);
    agent.deaf = false;
    assertFalse(agent.granted(id, change));

    agent.say();

    assertTrue(agent.granted(id, change));
    assertEquals(1, scene.counting(id));
  }

  @Test
  void whatIsNotNamedIsHandedBackAlsoByAHello() {
    AssociationId id = scene.create("1", "");
    Trigger change = scene.change(id);
    scene.agent(1).ask(id, change);
    scene.agent(2).ask(id, change);

    scene.agent(1).asks.clear();
    scene.agent(1).say();
    assertTrue(scene.agent(2).granted(id, change));

    scene.agent(2).asks.clear();
    scene.agent(2).link();
    assertEquals(0, scene.counting(id));
  }

  @Test
  void silenceFreesNothingBeforeTheRunMustBeOver() {
    AssociationId id = scene.create("1", "0");
    Trigger change = scene.change(id);
    scene.agent(1).ask(id, change).begin(id, change);
    scene.agent(2).ask(id, change);
    scene.agent(1).cut();

    scene.advance(Duration.ofMinutes(10));
    scene.agent(2).say();
    assertEquals(1, scene.counting(id));
    assertFalse(scene.agent(2).granted(id, change));

    scene.advance(Duration.ofMinutes(4));
    assertEquals(0, scene.counting(id), "60 s of the step, and ten minutes, are over");
    assertEquals("InProgress/Unreachable", scene.reads(id, change, 1));
    assertEquals(1, scene.execution(id, change).rate().errors());
    assertEquals("Skipped/ErrorLimit", scene.reads(id, change, 2), "a lost one is an error");
    assertFalse(scene.agent(2).say().granted(id, change));

    scene.agent(1).end(id, change, RunStatus.SUCCESS).link().report();
    assertEquals("Success/Success", scene.reads(id, change, 1));
    assertEquals(0, scene.execution(id, change).rate().errors());
    assertEquals("Skipped/ErrorLimit", scene.reads(id, change, 2), "what is stopped stays so");
  }

  @Test
  void aLostOneThatStillRunsCountsAgain() {
    AssociationId id = scene.create("1", "");
    Trigger change = scene.change(id);
    scene.agent(1).ask(id, change).begin(id, change).cut();
    scene.advance(Duration.ofMinutes(14));
    assertEquals(0, scene.counting(id));

    scene.agent(1).link();

    assertEquals(1, scene.counting(id));
    assertEquals(0, scene.execution(id, change).rate().errors());
  }

  @Test
  void aRestartForgetsWhoAskedAndKeepsWhoHolds() {
    AssociationId id = scene.create("1", "");
    Trigger change = scene.change(id);
    scene.agent(1).ask(id, change).begin(id, change);
    scene.agent(2).ask(id, change);

    scene.restart();
    scene.agent(2).link();
    assertFalse(scene.agent(2).granted(id, change));
    scene.agent(1).link();
    assertFalse(scene.agent(2).granted(id, change));

    scene.agent(1).end(id, change, RunStatus.SUCCESS).report();
    assertTrue(scene.agent(2).granted(id, change), "its hello asked again");
  }

  @Test
  void anEndThatIsStillOnItsWayCountsUntilItIsStored() {
    AssociationId id = scene.create("1", "0");
    Trigger change = scene.change(id);
    scene.agent(1).ask(id, change).begin(id, change);
    scene.agent(2).ask(id, change);

    scene.agent(1).end(id, change, RunStatus.FAILED).link();
    assertEquals(1, scene.counting(id), "its error is not counted yet");
    assertFalse(scene.agent(2).granted(id, change));

    scene.agent(1).report();
    assertEquals(0, scene.counting(id));
    assertFalse(scene.agent(2).say().granted(id, change));
    assertEquals("Skipped/ErrorLimit", scene.reads(id, change, 2));
  }

  @Test
  void afterOneErrorTooManyTheRestIsSkippedAndTheirSetsSaySo() {
    AssociationId id = scene.create("1", "1");
    Trigger change = scene.change(id);
    for (int i = 1; i <= 4; i++) {
      scene.agent(i).ask(id, change);
    }
    for (int i = 1; i <= 2; i++) {
      assertTrue(scene.agent(i).granted(id, change), "agent " + i);
      scene.agent(i).begin(id, change).end(id, change, RunStatus.FAILED).report();
    }

    assertFalse(scene.agent(3).say().granted(id, change));
    assertEquals(List.of(Identity.executionId(id, change)), scene.agent(3).set.stopped());
    assertEquals(List.of(), scene.agent(3).set.pendingTriggers());
    assertEquals("Skipped/ErrorLimit", scene.reads(id, change, 3));
    assertEquals("Failed/Failed", scene.reads(id, change, 1));

    scene.restart();
    scene.agent(4).link();
    assertEquals(List.of(Identity.executionId(id, change)), scene.agent(4).set.stopped());

    Trigger next = scene.start(id);
    assertTrue(scene.agent(4).ask(id, next).granted(id, next), "the next trigger starts clean");
  }

  @Test
  void theLimitIsOneOfAllExecutionsOfTheAssociation() {
    AssociationId id = scene.create("1", "");
    Trigger change = scene.change(id);
    scene.agent(1).ask(id, change).begin(id, change);
    Trigger manual = scene.start(id);

    assertFalse(scene.agent(2).ask(id, manual).granted(id, manual));
  }

  @Test
  void aNewerTriggerThatBeginsSupersedesTheOlderOneWhereItIsWaitedFor() {
    AssociationId id = scene.create("1", "");
    Trigger change = scene.change(id);
    scene.agent(1).ask(id, change).begin(id, change);
    scene.agent(2).ask(id, change);
    scene.advance(Duration.ofSeconds(5));
    Trigger manual = scene.start(id);
    scene.agent(2).asks.clear();
    scene.agent(2).ask(id, manual);
    scene.advance(Duration.ofSeconds(5));
    scene.agent(4).ask(id, change);
    assertFalse(scene.agent(4).superseded(change), "nothing newer has begun");

    scene.agent(1).end(id, change, RunStatus.SUCCESS).report();

    assertTrue(scene.agent(2).granted(id, manual), "it has waited longer");
    assertTrue(scene.agent(4).superseded(change));
    scene.agent(4).told.clear();
    assertTrue(scene.agent(4).link().superseded(change), "whoever asks again is told again");
  }

  @Test
  void whoNeedsNoPermitCountsFromWhenItIsToldThatItRuns() {
    AssociationId id = scene.create("1", "");
    Trigger change = scene.change(id);

    scene.agent(1).begin(id, change);

    assertEquals(1, scene.counting(id));
    assertFalse(scene.agent(2).ask(id, change).granted(id, change));
  }

  @Test
  void whoIsNoMemberOrAsksForWhatNeverWasGetsNothing() {
    AssociationId id = scene.create("1", "");
    Trigger made = new Trigger.Manual("made-up");
    Trigger tick = new Trigger.Tick(Instant.parse("2026-11-22T08:00:00Z"));

    assertFalse(scene.agent(1).ask(id, made).granted(id, made));
    assertFalse(scene.agent(1).ask(id, tick).granted(id, tick));
    assertEquals(0, scene.counting(id));
  }

  @Test
  void aTickIsGrantedBeforeTheCoordinatorHasWrittenItsRow() {
    AssociationId id =
        scene.create(
            Association.newBuilder().setMaxConcurrency("1").setScheduleExpression("rate(1 hour)"));
    Instant anchor = scene.rows.timers.now();
    Trigger tick = new Trigger.Tick(anchor.plus(Duration.ofHours(1)));

    scene.advance(Duration.ofMinutes(59));
    scene.agents.values().forEach(PermitScene.Agent::link);

    assertTrue(scene.agent(1).ask(id, tick).granted(id, tick));
    assertEquals(OptionalInt.of(1), scene.execution(id, tick).rate().maxConcurrency());
  }

  @Test
  void afterAStartNobodyIsLostBeforeAllHadTheTimeToConnect() {
    AssociationId id = scene.create("1", "");
    Trigger change = scene.change(id);
    scene.agent(1).ask(id, change).begin(id, change).cut();
    scene.rows.timers.step(Duration.ofHours(3));

    scene.restart();
    scene.advance(Limits.RECONNECT_LONGEST.minusSeconds(1));

    assertEquals(1, scene.counting(id));
  }
}

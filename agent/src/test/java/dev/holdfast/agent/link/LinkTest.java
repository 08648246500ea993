package dev.holdfast.agent.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.assignment.Generation;
import dev.holdfast.report.Lane;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.AssignmentCodec;
import dev.holdfast.wire.ReportCodec;
import dev.holdfast.wire.agent.CoordinatorMessage;
import dev.holdfast.wire.agent.Hello;
import dev.holdfast.wire.agent.Refusal;
import dev.holdfast.wire.agent.SetCurrent;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinkTest extends LinkRig {
  @Test
  void saysHelloWithWhatItHolds() {
    spool.add(run(1, RunStatus.SUCCESS));
    link.start();
    assertEquals("connecting", link.state());
    assertEquals(List.of(), dialer.last().sent);
    dialer.last().listener.opened();

    Hello hello = dialer.last().lastSent().getHello();
    assertEquals("1.0", hello.getAgentVersion());
    assertEquals("Debian", hello.getPlatform().getName());
    assertEquals("boot", hello.getBootId());
    assertEquals("nonce", hello.getInstallNonce());
    assertEquals("epoch-1", hello.getSpoolEpoch());
    assertEquals(new Generation(1, 5), AssignmentCodec.fromProto(hello.getGeneration()));
    assertEquals(ByteString.copyFrom(SET.raw()), hello.getSetSha256());
    assertEquals(
        1L,
        hello.getLanesList().stream()
            .filter(lane -> lane.getLane() == ReportCodec.toProto(Lane.RESULTS))
            .findFirst()
            .orElseThrow()
            .getSequence());
    assertFalse(link.linked());
    assertEquals(1, dialer.last().sent.size(), "nothing is sent before the answer");
  }

  @Test
  void sendsWhatIsNotStoredOnceTheHelloIsAnswered() {
    spool.add(run(1, RunStatus.SUCCESS));
    spool.add(run(2, RunStatus.SUCCESS));
    linkUp(1);

    assertTrue(link.linked());
    assertEquals(List.of(2L), sequences());

    spool.add(run(3, RunStatus.SUCCESS));
    link.spooled();
    assertEquals(List.of(2L, 3L), sequences());
    ack(3);
    assertEquals(0, spool.status().records());
  }

  @Test
  void keepsTheNumberOfUnacknowledgedReportsWithinItsWindow() {
    for (int i = 0; i < 1000; i++) {
      spool.add(run(i, RunStatus.SUCCESS));
    }
    linkUp(0);
    assertEquals(Limits.MAX_UNACKNOWLEDGED_REPORTS, sequences().size());

    ack(10);
    assertEquals(Limits.MAX_UNACKNOWLEDGED_REPORTS + 10, sequences().size());
  }

  @Test
  void waitsWhileTheConnectionCannotTakeMore() {
    linkUp(0);
    dialer.last().ready = false;
    spool.add(run(1, RunStatus.SUCCESS));
    link.spooled();
    assertEquals(List.of(), sequences());

    dialer.last().ready = true;
    dialer.last().listener.ready();
    assertEquals(List.of(1L), sequences());
  }

  @Test
  void whatWasSentAndNotAcknowledgedIsSentAgainOnTheNextConnection() {
    spool.add(run(1, RunStatus.SUCCESS));
    linkUp(0);
    assertEquals(List.of(1L), sequences());
    dialer.last().listener.closed("cut");
    assertFalse(link.linked());
    assertEquals("waiting", link.state());

    timers.advance(Duration.ofSeconds(1));
    answerHello(0);
    assertEquals(List.of(1L), sequences());
  }

  @Test
  void aRefusedReportIsNotSentAgain() {
    spool.add(run(1, RunStatus.SUCCESS));
    linkUp(0);
    dialer
        .last()
        .receive(
            CoordinatorMessage.newBuilder()
                .setAck(
                    stored(1)
                        .addRefused(
                            Refusal.newBuilder()
                                .setLane(ReportCodec.toProto(Lane.RESULTS))
                                .setSequence(1)
                                .setReason("not your run"))));

    assertEquals(1, spool.status().refused());
    assertEquals(0, spool.status().records());
  }

  @Test
  void aCoordinatorThatKnowsMoreThanTheSpoolIsGreetedAnewInANewEpoch() {
    spool.add(run(1, RunStatus.SUCCESS));
    link.start();
    answerHello(9);
    assertTrue(dialer.last().closed);
    assertFalse(link.linked());

    timers.advance(Duration.ofSeconds(2));
    dialer.last().listener.opened();
    assertEquals("epoch-2", dialer.last().lastSent().getHello().getSpoolEpoch());
    dialer.last().receive(CoordinatorMessage.newBuilder().setAck(stored(0)));
    assertEquals(List.of(1L), sequences());
  }

  @Test
  void handsOnWhatIsWantedAndTellsWhatIsAdopted() {
    linkUp(0);
    AssignmentSet set = new AssignmentSet(new Generation(1, 9), List.of(), List.of(), List.of());
    dialer.last().receive(CoordinatorMessage.newBuilder().setSet(AssignmentCodec.toProto(set)));
    assertEquals(List.of("wanted 1.9"), wanted.heard);
    assertEquals(0, settled);

    link.adopted(set.generation(), set.sha256());
    assertEquals(
        set.generation(),
        AssignmentCodec.fromProto(dialer.last().lastSent().getAdopted().getGeneration()));
    assertEquals(1, settled);
  }

  @Test
  void handsOnTheBodiesThatCameBesideASet() {
    linkUp(0);
    AssignmentSet set = new AssignmentSet(new Generation(1, 9), List.of(), List.of(), List.of());

    dialer
        .last()
        .receive(
            CoordinatorMessage.newBuilder()
                .setSet(AssignmentCodec.toProto(set))
                .addBodies(ByteString.copyFromUtf8("a body")));

    assertEquals(List.of("wanted 1.9 beside 1"), wanted.heard);
  }

  @Test
  void handsOnThatWhatIsHeldIsWanted() {
    linkUp(0);
    dialer
        .last()
        .receive(
            CoordinatorMessage.newBuilder()
                .setCurrent(
                    SetCurrent.newBuilder()
                        .setGeneration(AssignmentCodec.toProto(new Generation(2, 3)))
                        .setSetSha256(ByteString.copyFrom(SET.raw()))));

    assertEquals(List.of("confirmed 2.3"), wanted.heard);
    assertEquals(1, settled);
  }

  @Test
  void aMessageThatMeansNothingEndsTheConnection() {
    linkUp(0);
    dialer
        .last()
        .receive(
            CoordinatorMessage.newBuilder()
                .setSet(
                    dev.holdfast.wire.agent.AssignmentSet.newBuilder()
                        .setSha256(ByteString.copyFrom(SET.raw()))));

    assertTrue(dialer.last().closed);
    assertEquals("waiting", link.state());
    assertEquals(List.of(), wanted.heard);
  }

  @Test
  void aSetBeforeTheAnswerToTheHelloEndsTheConnection() {
    link.start();
    dialer.last().listener.opened();
    dialer
        .last()
        .receive(
            CoordinatorMessage.newBuilder().setSet(AssignmentCodec.toProto(AssignmentSet.NONE)));

    assertTrue(dialer.last().closed);
    assertEquals(List.of(), wanted.heard);
  }

  @Test
  void whatBecomesOfInventoryIsToldToWhoeverGathersIt() {
    linkUp(0);
    inventory.clear();
    dialer
        .last()
        .receive(
            CoordinatorMessage.newBuilder()
                .setAck(
                    dev.holdfast.wire.agent.Ack.newBuilder()
                        .addStoredThrough(
                            dev.holdfast.wire.agent.LanePosition.newBuilder()
                                .setLane(ReportCodec.toProto(Lane.INVENTORY))
                                .setSequence(4))
                        .addRefused(
                            Refusal.newBuilder()
                                .setLane(ReportCodec.toProto(Lane.INVENTORY))
                                .setSequence(3)
                                .setReason("no"))
                        .addRefused(
                            Refusal.newBuilder()
                                .setLane(ReportCodec.toProto(Lane.RESULTS))
                                .setSequence(2)
                                .setReason("no"))
                        .addWholeInventory("AWS:Application")));
    ack(7);

    assertEquals(List.of("4 refused [3] whole [AWS:Application]"), inventory);
  }
}

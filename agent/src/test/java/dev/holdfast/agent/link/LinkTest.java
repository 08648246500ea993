package dev.holdfast.agent.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.spool.CrashDisk;
import dev.holdfast.agent.spool.Spool;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.assignment.Generation;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import dev.holdfast.report.Lane;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.Limits;
import dev.holdfast.task.Sha256;
import dev.holdfast.testing.ManualTimers;
import dev.holdfast.wire.AssignmentCodec;
import dev.holdfast.wire.ReportCodec;
import dev.holdfast.wire.agent.Ack;
import dev.holdfast.wire.agent.AgentMessage.MessageCase;
import dev.holdfast.wire.agent.CoordinatorMessage;
import dev.holdfast.wire.agent.Hello;
import dev.holdfast.wire.agent.LanePosition;
import dev.holdfast.wire.agent.Pacing;
import dev.holdfast.wire.agent.Refusal;
import dev.holdfast.wire.agent.SetCurrent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LinkTest {
  private static final Sha256 SET = Sha256.of(new byte[] {1});

  private final ManualTimers timers = new ManualTimers(Instant.parse("2026-11-22T08:00:00Z"));
  private final FakeDialer dialer = new FakeDialer();
  private final WantedBook wanted = new WantedBook();
  private int epochs;
  private int settled;
  private final Spool spool = Spool.open(new CrashDisk(), timers, () -> "epoch-" + ++epochs);
  private final Link link =
      new Link(
          dialer,
          timers,
          new SplittableRandom(7),
          spool,
          wanted,
          new Host("1.0", "Linux", "Debian", "12", "web-1", "10.0.0.1", "boot", "nonce"),
          () -> settled++);

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
  void heartbeatsComeAtThePeriodThatThePacingSaysAndProveTheWorkLoop() {
    linkUp(0);
    wanted.loops = 41;
    timers.advance(Limits.HEARTBEAT.multipliedBy(10));
    assertTrue(heartbeats() >= 8 && heartbeats() <= 12, "heartbeats " + heartbeats());
    assertEquals(41, dialer.last().lastSent().getHeartbeat().getWorkLoopCount());

    long before = heartbeats();
    dialer
        .last()
        .receive(
            CoordinatorMessage.newBuilder().setPacing(Pacing.newBuilder().setHeartbeatSeconds(2)));
    timers.advance(Duration.ofSeconds(60));
    long more = heartbeats() - before;
    assertTrue(more >= 25 && more <= 37, "heartbeats " + more);

    dialer.last().listener.closed("cut");
    int sent = dialer.last().sent.size();
    timers.advance(Duration.ofSeconds(1));
    assertEquals(sent, dialer.dialled.getFirst().sent.size());
  }

  @Test
  void aConnectionThatDoesNotOpenInTimeIsGivenUp() {
    link.start();
    timers.advance(Limits.OPEN.minusMillis(1));
    assertFalse(dialer.last().closed);
    timers.advance(Duration.ofMillis(1));
    assertTrue(dialer.last().closed);
    timers.advance(Duration.ofSeconds(2));
    assertEquals(2, dialer.dialled.size());
  }

  @Test
  void aHelloThatIsNotAnsweredInTimeIsGivenUpAndLateAnswersAreNotHeard() {
    link.start();
    dialer.last().listener.opened();
    timers.advance(Limits.HELLO_ANSWER);
    FakeDialer.FakeConnection first = dialer.dialled.getFirst();
    assertTrue(first.closed);

    first.receive(CoordinatorMessage.newBuilder().setAck(stored(0)));
    first.listener.closed("late");
    assertFalse(link.linked());
    timers.advance(Duration.ofSeconds(2));
    assertEquals(2, dialer.dialled.size());
  }

  @Test
  void triesForEverWithWaitsOfAtMostFiveMinutes() {
    link.start();
    for (int i = 1; i <= 30; i++) {
      assertEquals(i, dialer.dialled.size());
      dialer.last().listener.closed("refused");
      Duration waited = Duration.ZERO;
      while (dialer.dialled.size() == i) {
        timers.advance(Duration.ofMillis(500));
        waited = waited.plusMillis(500);
      }
      assertTrue(waited.compareTo(Limits.RECONNECT_LONGEST.plusSeconds(1)) < 0);
    }
    assertEquals(31, dialer.dialled.size());
  }

  @Test
  void aFetchGetsExactlyOneAnswer() {
    List<Optional<byte[]>> answers = new ArrayList<>();
    link.fetch(body(0), answers::add);
    assertEquals(List.of(), answers, "never within the call");
    timers.advance(Duration.ZERO);
    assertEquals(List.of(Optional.empty()), answers, "there is no link");

    linkUp(0);
    answers.clear();
    for (int i = 0; i < 10; i++) {
      link.fetch(body(i), answers::add);
    }
    FakeDialer.FakeConnection connection = dialer.last();
    assertEquals(Limits.MAX_FETCHES, connection.fetches.size());
    byte[] bytes = {7};
    connection.answer(body(0)).accept(Optional.of(bytes));
    connection.answer(body(0)).accept(Optional.empty());
    assertEquals(List.of(Optional.of(bytes)), answers);
    assertEquals(Limits.MAX_FETCHES + 1, connection.fetches.size());

    timers.advance(Limits.FETCH);
    assertEquals(1 + Limits.MAX_FETCHES, answers.size(), "those that were asked are overdue");
    connection.listener.closed("cut");
    timers.advance(Duration.ZERO);
    assertEquals(10, answers.size());
    connection.fetches.values().forEach(result -> result.accept(Optional.of(bytes)));
    assertEquals(10, answers.size());
  }

  @Test
  void onceStoppedItStaysSo() {
    linkUp(0);
    link.stop();
    assertTrue(dialer.last().closed);
    assertEquals("stopped", link.state());
    timers.advance(Duration.ofHours(1));
    assertEquals(1, dialer.dialled.size());
    assertEquals(0, timers.waiting());
  }

  private void linkUp(long storedResults) {
    link.start();
    answerHello(storedResults);
  }

  private void answerHello(long storedResults) {
    dialer.last().listener.opened();
    dialer.last().receive(CoordinatorMessage.newBuilder().setAck(stored(storedResults)));
  }

  private void ack(long storedResults) {
    dialer.last().receive(CoordinatorMessage.newBuilder().setAck(stored(storedResults)));
  }

  private static Ack.Builder stored(long results) {
    return Ack.newBuilder()
        .setEpoch(1)
        .addStoredThrough(
            LanePosition.newBuilder()
                .setLane(ReportCodec.toProto(Lane.RESULTS))
                .setSequence(results));
  }

  private List<Long> sequences() {
    return dialer.last().sent.stream()
        .flatMap(message -> message.getReports().getReportsList().stream())
        .map(dev.holdfast.wire.agent.Report::getSequence)
        .toList();
  }

  private long heartbeats() {
    return dialer.last().sent.stream()
        .filter(message -> message.getMessageCase() == MessageCase.HEARTBEAT)
        .count();
  }

  private static Sha256 body(int number) {
    return Sha256.of(new byte[] {(byte) number});
  }

  private static Report.Run run(int number, RunStatus status) {
    return new Report.Run(
        new AssociationId("00000000-0000-4000-8000-000000000000"),
        Trigger.parse("manual:" + number).orElseThrow(),
        1,
        number,
        status,
        status.text(),
        SET,
        1,
        1,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false,
        0,
        List.of());
  }

  private static final class WantedBook implements Wanted {
    final List<String> heard = new ArrayList<>();
    long loops;

    @Override
    public Generation generationHeld() {
      return new Generation(1, 5);
    }

    @Override
    public Sha256 setHeld() {
      return SET;
    }

    @Override
    public void wanted(AssignmentSet set) {
      heard.add("wanted " + set.generation());
    }

    @Override
    public void confirmed(Generation generation, Sha256 set) {
      heard.add("confirmed " + generation);
    }

    @Override
    public long workLoopCount() {
      return loops;
    }
  }
}

package dev.holdfast.agent.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.schedule.Waiting;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import dev.holdfast.task.Limits;
import dev.holdfast.task.TransportLimits;
import dev.holdfast.wire.agent.CoordinatorMessage;
import dev.holdfast.wire.agent.Heartbeat;
import dev.holdfast.wire.agent.Pacing;
import dev.holdfast.wire.agent.WaitReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the link does as time goes by. */
class LinkPatienceTest extends LinkRig {
  private static final AssociationId ASSOCIATION =
      new AssociationId("00000000-0000-4000-8000-000000000001");
  private static final Trigger TRIGGER = new Trigger.Change(1, 7);

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
  void aHeartbeatComesEarlyWithWhatWaitsButNeverOneOnTheHeelsOfAnother() {
    linkUp(0);
    timers.advance(Limits.HEARTBEAT.multipliedBy(2));
    timers.advance(Heartbeats.APART);
    long before = heartbeats();
    Waiting queued = new Waiting(ASSOCIATION, TRIGGER, Waiting.Reason.HOST_SLOT);
    wanted.waits = List.of(new Wanted.Wait(queued, timers.now()));
    link.waitsChanged();
    link.waitsChanged();
    timers.advance(Heartbeats.APART);

    assertEquals(before + 1, heartbeats());
    var told = dialer.last().lastSent().getHeartbeat().getWaits(0);
    assertEquals(ASSOCIATION.value(), told.getAssociationId());
    assertEquals(TRIGGER.text(), told.getTrigger());
    assertEquals(WaitReason.WAIT_REASON_HOST_SLOT, told.getReason());

    for (int i = 0; i < 100; i++) {
      link.waitsChanged();
      timers.advance(Duration.ofMillis(100));
    }
    long many = heartbeats() - before - 1;
    assertTrue(many >= 1 && many <= 3, "heartbeats in 10 s: " + many);
  }

  @Test
  void whatAHeartbeatTellsIsAllOfItOrAsMuchAsFits() {
    linkUp(0);
    wanted.waits = waits(50);
    wanted.conditions = conditions(10, "x".repeat(150));
    timers.advance(Limits.HEARTBEAT.multipliedBy(2));
    Heartbeat all = dialer.last().lastSent().getHeartbeat();
    assertEquals(50, all.getWaitsCount());
    assertEquals(10, all.getConditionsCount());

    wanted.waits = waits(60);
    wanted.conditions = List.of();
    timers.advance(Limits.HEARTBEAT.multipliedBy(2));
    assertEquals(50, dialer.last().lastSent().getHeartbeat().getWaitsCount());

    wanted.conditions = conditions(30, "\u20ac".repeat(400));
    timers.advance(Limits.HEARTBEAT.multipliedBy(2));
    Heartbeat first = dialer.last().lastSent().getHeartbeat();
    assertTrue(first.getSerializedSize() <= TransportLimits.MAX_HEARTBEAT_BYTES);
    assertEquals(8, first.getConditionsCount(), "the first of them");
    assertEquals(300, first.getConditions(0).getMessage().length());
    assertTrue(first.getWaitsCount() > 0, "what is left of the room is for what waits");

    wanted.conditions = conditions(30, "short");
    timers.advance(Limits.HEARTBEAT.multipliedBy(2));
    assertEquals(20, dialer.last().lastSent().getHeartbeat().getConditionsCount());
  }

  private List<Wanted.Wait> waits(int count) {
    Trigger longest = new Trigger.Manual("00000000-0000-5000-8000-000000000001");
    Waiting waiting = new Waiting(ASSOCIATION, longest, Waiting.Reason.SAFE_MODE);
    return Collections.nCopies(count, new Wanted.Wait(waiting, timers.now().plusNanos(1)));
  }

  private List<Wanted.Condition> conditions(int count, String message) {
    return Collections.nCopies(count, new Wanted.Condition("PARKED", message, timers.now()));
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
}

package dev.holdfast.coordinator.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.testing.Rows;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.v1.PingStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PresenceTest {
  @TempDir Path folder;
  private Floor floor;
  private Rows rows;
  private InstanceId one;

  @BeforeEach
  void open() {
    floor = new Floor(folder);
    rows = floor.rows;
    one = rows.instance(1);
  }

  @AfterEach
  void close() {
    floor.close();
  }

  @Test
  void theRuleAsATable() {
    Duration period = Duration.ofSeconds(60);
    Duration heard = Duration.ofMinutes(10);
    Optional<PresenceRule.Signs> moving = Optional.of(new PresenceRule.Signs(heard, period, 1));
    Optional<PresenceRule.Signs> stalled = Optional.of(new PresenceRule.Signs(heard, period, 2));
    Optional<PresenceRule.Signs> none = Optional.empty();
    Duration short_ = Duration.ofSeconds(1);
    Duration long_ = Limits.INACTIVE_AFTER.plusSeconds(1);
    record Row(
        Optional<PresenceRule.Signs> signs,
        Duration silence,
        boolean comingBack,
        Duration away,
        Presence presence) {}
    List<Row> table =
        List.of(
            new Row(moving, Duration.ZERO, false, short_, Presence.ONLINE),
            new Row(moving, Duration.ofSeconds(129), false, short_, Presence.ONLINE),
            new Row(moving, Duration.ofSeconds(130), false, short_, Presence.CONNECTION_LOST),
            new Row(moving, Duration.ZERO, true, long_, Presence.ONLINE),
            new Row(stalled, Duration.ZERO, false, short_, Presence.SILENT),
            new Row(stalled, Duration.ofSeconds(130), true, short_, Presence.CONNECTION_LOST),
            new Row(none, Duration.ZERO, true, short_, Presence.UNKNOWN),
            new Row(none, Duration.ZERO, true, long_, Presence.UNKNOWN),
            new Row(none, Duration.ZERO, false, short_, Presence.CONNECTION_LOST),
            new Row(none, Duration.ZERO, false, Limits.INACTIVE_AFTER, Presence.CONNECTION_LOST),
            new Row(none, Duration.ZERO, false, long_, Presence.INACTIVE));
    table.forEach(
        row ->
            assertEquals(
                row.presence,
                PresenceRule.of(
                    new PresenceRule.Facts(
                        row.signs, heard.plus(row.silence), row.comingBack, row.away)),
                row::toString));
  }

  @Test
  void aFlapIsNoEventAndALongerAbsenceIsOne() {
    Floor.Agent agent = floor.agent(one).hello();
    agent.session.closed();
    assertEquals(PingStatus.PING_STATUS_CONNECTION_LOST, floor.presenceOf(one));
    assertFalse(floor.links.connected(one));
    rows.timers.advance(Duration.ofSeconds(9));
    Floor.Agent back = floor.agent(one).hello();
    rows.timers.advance(Duration.ofMinutes(1));
    back.beat(true);
    assertEquals(List.of(one + " ONLINE"), floor.presenceEvents());

    back.session.closed();
    rows.timers.advance(Duration.ofSeconds(20));

    assertEquals(List.of(one + " ONLINE", one + " CONNECTION_LOST"), floor.presenceEvents());
    floor.agent(one).hello();
    assertEquals(3, floor.presenceEvents().size());
  }

  @Test
  void twoMissedHeartbeatsEndTheLink() {
    Floor.Agent agent = floor.agent(one).hello();
    rows.timers.advance(Duration.ofSeconds(60));
    agent.beat(true);
    rows.timers.advance(Duration.ofSeconds(129));
    assertEquals(PingStatus.PING_STATUS_ONLINE, agent.presence());

    rows.timers.advance(Duration.ofSeconds(20));

    assertEquals(Optional.of("two heartbeats are missing"), agent.outlet.closed);
    assertEquals(PingStatus.PING_STATUS_CONNECTION_LOST, agent.presence());
    assertEquals(List.of(one + " ONLINE", one + " CONNECTION_LOST"), floor.presenceEvents());
  }

  @Test
  void whoseWorkLoopStandsStillIsSilentUntilItMoves() {
    Floor.Agent agent = floor.agent(one).hello();
    for (boolean moving : List.of(true, false, false)) {
      assertEquals(PingStatus.PING_STATUS_ONLINE, agent.presence());
      rows.timers.advance(Duration.ofSeconds(60));
      agent.beat(moving);
    }
    assertEquals(PingStatus.PING_STATUS_SILENT, agent.presence());
    assertTrue(floor.links.connected(one), "its link lives");

    rows.timers.advance(Duration.ofSeconds(60));
    agent.beat(true);
    rows.timers.advance(Duration.ofSeconds(5));

    assertEquals(PingStatus.PING_STATUS_ONLINE, agent.presence());
    assertEquals(
        List.of(one + " ONLINE", one + " SILENT", one + " ONLINE"), floor.presenceEvents());
  }

  @Test
  void afterAStartInstancesHaveAWindowToComeBack() {
    InstanceId two = rows.instance(2);
    floor.agent(one).hello();
    floor.agent(two).hello();
    rows.timers.advance(Duration.ofMinutes(1));

    floor.restart();
    assertEquals(PingStatus.PING_STATUS_UNKNOWN, floor.presenceOf(one));
    Floor.Agent back = floor.agent(two).hello();
    for (int i = 0; i < 6; i++) {
      rows.timers.advance(Duration.ofSeconds(50));
      back.beat(i % 2 == 0);
    }

    assertEquals(PingStatus.PING_STATUS_CONNECTION_LOST, floor.presenceOf(one));
    assertEquals(PingStatus.PING_STATUS_ONLINE, floor.presenceOf(two));
    assertEquals(
        List.of(one + " ONLINE", two + " ONLINE", one + " CONNECTION_LOST"),
        floor.presenceEvents());
  }

  @Test
  void whoIsAwayForAMonthIsInactive() {
    floor.agent(one).hello().session.closed();

    rows.timers.advance(Limits.INACTIVE_AFTER.plusHours(2));

    assertEquals(PingStatus.PING_STATUS_INACTIVE, floor.presenceOf(one));
    assertEquals(
        List.of(one + " ONLINE", one + " CONNECTION_LOST", one + " INACTIVE"),
        floor.presenceEvents());
  }

  @Test
  void whenAnInstanceWasHeardLastIsWrittenSoonAndNotByEveryMessage() {
    Floor.Agent agent = floor.agent(one).hello();
    rows.timers.advance(Duration.ofSeconds(60));
    agent.beat(true);
    assertEquals(Optional.of(Rows.START), lastSeen());

    rows.timers.advance(Links.LOOK);

    assertEquals(Optional.of(Rows.START.plusSeconds(60)), lastSeen());
  }

  @Test
  void theFleetPaysNoMoreHeartbeatsASecondWhenItGrows() {
    assertEquals(Duration.ofSeconds(60), Pace.of(1, 100_000).heartbeat());
    assertEquals(Duration.ofSeconds(1), Pace.of(1, 100_000).reconnectWindow());
    assertEquals(Duration.ofSeconds(60), Pace.of(60_000, 100_000).heartbeat());
    assertEquals(Duration.ofSeconds(100), Pace.of(100_000, 100_000).heartbeat());
    assertEquals(Duration.ofMinutes(10), Pace.of(100_000, 100_000).reconnectWindow());
    assertTrue(Pace.of(1, 100_000).outdated(Pace.of(500, 100_000)));
    assertFalse(Pace.of(1_000, 100_000).outdated(Pace.of(1_100, 100_000)));
  }

  private Optional<java.time.Instant> lastSeen() {
    return rows.store.read(read -> Instances.find(read, one)).orElseThrow().lastSeen();
  }
}

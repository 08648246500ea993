package dev.holdfast.coordinator.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.association.InstanceId;
import dev.holdfast.task.Limits;
import dev.holdfast.task.TransportLimits;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.CoordinatorMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one instance may cost. */
final class QuotaLinkTest {
  @TempDir private Path folder;
  private Floor floor;
  private InstanceId one;

  @SuppressWarnings("NullAway.Init") // JUnit calls open before each test
  QuotaLinkTest() {}

  @BeforeEach
  void open() {
    floor = new Floor(folder, Quotas.DEFAULT);
    one = floor.rows.instance(1);
  }

  @AfterEach
  void close() {
    floor.close();
  }

  @Test
  void whoSendsTooMuchIsReadMoreSlowlyAndLosesNothing() {
    Floor.Agent agent = floor.agent(one).hello();
    int before = agent.outlet.asked;
    for (int i = 0; i < TransportLimits.MESSAGES_A_SECOND * 5; i++) {
      agent.beat(true);
    }
    int read = agent.outlet.asked - before;
    assertEquals(99, read, "the hello was one of the hundred");

    floor.rows.timers.advance(Duration.ofMillis(49));
    assertEquals(before + 99, agent.outlet.asked);
    floor.rows.timers.advance(Duration.ofMillis(1));
    assertEquals(before + 100, agent.outlet.asked, "and then the next");
    assertEquals(Optional.empty(), agent.outlet.closed);
  }

  @Test
  void aLinkThatIsReadSlowlyIsNotTakenForLost() {
    Floor.Agent agent = floor.agent(one).hello();
    for (int i = 0; i < TransportLimits.MESSAGES_A_SECOND * 300; i++) {
      agent.beat(true);
    }

    floor.rows.timers.advance(Duration.ofMinutes(4));
    assertEquals(Optional.empty(), agent.outlet.closed, "it is we who do not read");
  }

  @Test
  void whoComesTooOftenIsToldWhenToComeAndTheOpenLinkStays() {
    Floor.Agent agent = floor.agent(one).hello();
    for (int i = 1; i < TransportLimits.LINKS_A_MINUTE; i++) {
      agent = floor.agent(one).hello();
    }
    Floor.Agent surplus = floor.agent(one);

    assertEquals(Optional.of(Duration.ofSeconds(10)), surplus.outlet.retryAfter);
    assertEquals(Optional.of("this instance opens links too often"), surplus.outlet.closed);
    assertEquals(Optional.empty(), agent.outlet.closed);
    assertTrue(floor.links.connected(one));
    assertEquals(1, floor.links.open());

    floor.rows.timers.advance(Duration.ofSeconds(10));
    assertEquals(Optional.empty(), floor.agent(one).hello().outlet.closed);
    assertTrue(agent.outlet.closed.isPresent(), "the newer one took its place");
  }

  @Test
  void aLinkEndsWhenTheCertificateDoesWithWhichItWasOpened() {
    FakeOutlet outlet = new FakeOutlet();
    Session session =
        floor.links.open(
            new Links.Peer(
                one,
                "1",
                Optional.of(floor.rows.timers.now().plus(Duration.ofMinutes(1))),
                "192.0.2.1"),
            outlet);
    session.received(AgentMessage.newBuilder().setHello(new FloorHello(floor).message()).build());
    floor.turn();

    floor.rows.timers.advance(Duration.ofSeconds(54));
    assertEquals(Optional.empty(), outlet.closed);
    floor.rows.timers.advance(Links.LOOK.multipliedBy(2));
    assertTrue(outlet.closed.orElse("").contains("certificate has expired"), "" + outlet.closed);
    assertFalse(floor.links.connected(one));
  }

  @Test
  void aPlannedStopTellsEachAgentOverHowLongToSpreadItsReturn() {
    Floor.Agent agent = floor.agent(one).hello();
    agent.adopt(agent.held);
    agent.outlet.take();

    floor.links.stop();

    List<CoordinatorMessage> last = agent.outlet.take();
    assertEquals(1, last.size());
    assertEquals(1, last.getFirst().getPacing().getReconnectWindowSeconds());
    assertEquals(Optional.of("the coordinator is stopping"), agent.outlet.closed);
  }

  @Test
  void theWindowIsNeverTooShortForThoseWhoComeBack() {
    assertEquals(Duration.ofSeconds(20), Pace.of(2_000, 400).reconnectWindow());
    assertEquals(Duration.ofSeconds(40), Pace.of(2_000, 50).reconnectWindow());
    assertEquals(Limits.LONGEST_RECONNECT_WINDOW, Pace.of(100_000, 400).reconnectWindow());
    assertEquals(Duration.ofSeconds(1_000), Pace.of(100_000, 100).reconnectWindow());
  }

  /** A hello of an agent that holds nothing. */
  private record FloorHello(Floor floor) {
    dev.holdfast.wire.agent.Hello message() {
      return dev.holdfast.wire.agent.Hello.newBuilder()
          .setAgentVersion("1.0")
          .setBootId("boot")
          .setClock(dev.holdfast.wire.Times.toProto(floor.rows.timers.now()))
          .setSpoolEpoch("spool-1")
          .build();
    }
  }
}

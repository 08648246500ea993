package dev.holdfast.coordinator.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Identities;
import dev.holdfast.coordinator.store.InstanceState;
import dev.holdfast.task.IdentityLimits;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.CoordinatorMessage;
import dev.holdfast.wire.agent.Hello;
import dev.holdfast.wire.agent.Standing;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Links of instances that wait, are thrown out, or are on two machines. */
final class IdentityLinkTest {
  @TempDir Path folder;
  private Floor floor;
  private InstanceId one;

  @BeforeEach
  void open() {
    floor = new Floor(folder);
    one = floor.rows.instance(1);
  }

  @AfterEach
  void close() {
    floor.close();
  }

  private void become(InstanceState state) {
    floor.rows.store.write(write -> Identities.become(write, one, state, "because"));
  }

  private InstanceState state() {
    return floor.rows.store.read(read -> Identities.find(read, one)).orElseThrow().state();
  }

  private Floor.Agent said(String process, String boot, String nonce) {
    Floor.Agent agent = floor.agent(one);
    Hello.Builder hello =
        agent
            .helloMessage()
            .setProcessNonce(process)
            .setBootId(boot)
            .setInstallNonce(nonce)
            .setFingerprint("f" + nonce);
    agent.send(AgentMessage.newBuilder().setHello(hello));
    floor.turn();
    return agent;
  }

  private static Optional<Standing> standing(List<CoordinatorMessage> sent) {
    return sent.stream()
        .filter(CoordinatorMessage::hasStanding)
        .map(CoordinatorMessage::getStanding)
        .findFirst();
  }

  @Test
  void anInstanceThatWaitsIsToldSoAndGetsNothingAndNothingOfItIsStored() {
    become(InstanceState.PENDING);
    Floor.Agent agent = floor.agent(one).hello();

    List<CoordinatorMessage> sent = agent.outlet.take();
    assertEquals(Standing.State.PENDING, standing(sent).orElseThrow().getHeld());
    assertEquals("because", standing(sent).orElseThrow().getReason());
    assertTrue(
        sent.stream()
            .noneMatch(message -> message.hasAck() || message.hasSet() || message.hasCurrent()));
    assertTrue(floor.links.connected(one));
    assertFalse(floor.links.linked(one), "nothing that is asked of it reaches it");
    agent.report(3);
    agent.beat(true);
    floor.turn();
    assertEquals(List.of(), agent.outlet.take());
    assertEquals(Optional.empty(), agent.outlet.closed);
    floor.rows.timers.advance(Limits.LINK_PROGRESS.minusSeconds(10));
    agent.beat(true);
    floor.rows.timers.advance(Limits.LINK_PROGRESS.minusSeconds(10));
    assertEquals(Optional.empty(), agent.outlet.closed, "it lives as long as it is heard");

    become(InstanceState.ACTIVE);
    floor.turn();
    assertTrue(agent.outlet.closed.orElseThrow().contains("connect again"));
    Floor.Agent again = floor.agent(one).hello();
    assertTrue(again.outlet.take().stream().anyMatch(CoordinatorMessage::hasCurrent));
    assertTrue(floor.links.linked(one));
  }

  @Test
  void aBanEndsTheLinkAtOnce() {
    Floor.Agent agent = floor.agent(one).hello();

    become(InstanceState.REVOKED);
    floor.turn();

    assertTrue(agent.outlet.closed.isPresent());
  }

  @Test
  void aChangeThatNobodyToldOfIsFoundWithinTwoSeconds() throws Exception {
    Floor.Agent agent = floor.agent(one).hello();
    try (var connection =
            java.sql.DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("holdfast.db"));
        var statement = connection.createStatement()) {
      statement.executeUpdate("UPDATE instance SET state = 'REVOKED', identity_version = 99");
    }

    floor.rows.timers.advance(Duration.ofSeconds(2));

    assertTrue(agent.outlet.closed.isPresent());
  }

  @Test
  void aLinkOfAReplacedCertificateEndsWithinTwoMinutes() {
    FakeOutlet outlet = new FakeOutlet();
    floor.links.open(new Links.Peer(one, "old", Optional.empty(), "192.0.2.1"), outlet);
    floor.rows.store.write(
        write -> {
          Identities.give(
              write,
              one,
              new Identities.Certified(
                  "new", com.google.protobuf.ByteString.copyFromUtf8("c"), "key"));
          return Identities.promote(write, one, "new");
        });
    floor.turn();

    assertEquals(Optional.empty(), outlet.closed);
    floor.rows.timers.advance(IdentityLimits.OLD_LINK);
    assertTrue(outlet.closed.isPresent());
  }

  @Test
  void restartsRebootsAndHalfOpenConnectionsAreNotTakenForACopy() {
    for (int process = 0; process < 40; process++) {
      // the older links are never closed from the other side
      said("p" + process, "b" + process / 3, "n");
      said("p" + process, "b" + process / 3, "n");
      floor.rows.timers.advance(Duration.ofSeconds(3));
    }
    // the last that a dead process had sent comes late, and the living one comes back
    said("p38", "b12", "n");
    said("p39", "b13", "n");

    assertEquals(InstanceState.ACTIVE, state());
  }

  @Test
  void twoProcessesThatTakeTurnsAreTwoMachinesAndNeitherGetsAnything() {
    said("p1", "b", "n");
    said("p2", "b", "n");
    said("p1", "b", "n");
    said("p2", "b", "n");
    assertEquals(InstanceState.ACTIVE, state());
    Floor.Agent found = said("p1", "b", "n");

    assertEquals(InstanceState.DUPLICATE, state());
    assertEquals(List.of(one), floor.restated);
    List<CoordinatorMessage> sent = found.outlet.take();
    assertEquals(Standing.State.DUPLICATE, standing(sent).orElseThrow().getHeld());
    assertTrue(sent.stream().noneMatch(message -> message.hasSet() || message.hasCurrent()));
    Floor.Agent other = said("p2", "b", "n2");
    assertEquals(Standing.State.DUPLICATE, standing(other.outlet.take()).orElseThrow().getHeld());
    assertEquals(List.of("n", "n2"), claimed());
    // once told it has another nonce too: nobody could be picked by the one before
    said("p1", "b", "n1");
    assertEquals(List.of("n1", "n2"), claimed());
  }

  private List<String> claimed() {
    return floor.rows.store.read(read -> Identities.claimants(read, one)).stream()
        .map(Identities.Claimant::installNonce)
        .sorted()
        .toList();
  }

  @Test
  void theMachineThatWasChosenIsLetInAndRenewsAndTheOtherIsSentAway() {
    become(InstanceState.DUPLICATE);
    said("p1", "b", "n1");
    said("p2", "b", "n2");
    floor.rows.store.write(
        write -> {
          Identities.approve(write, one, "n1");
          return Identities.become(write, one, InstanceState.ACTIVE, "");
        });
    floor.turn();

    Floor.Agent chosen = said("p1", "b", "n1");
    List<CoordinatorMessage> sent = chosen.outlet.take();
    assertTrue(standing(sent).orElseThrow().getRenew());
    assertTrue(sent.stream().anyMatch(CoordinatorMessage::hasCurrent));
    Floor.Agent other = said("p2", "b", "n2");
    assertTrue(other.outlet.closed.orElseThrow().contains("another copy"));
    assertEquals(InstanceState.ACTIVE, state());
    // until the chosen one has another certificate, the other comes again and again with the same
    for (int i = 0; i < 3 * CopyRule.TOO_MANY; i++) {
      said("p2", "b", "n2");
      said("p1", "b", "n1");
      assertEquals(InstanceState.ACTIVE, state());
    }
  }

  @Test
  void whoComesBackTooOftenIsFoundOnlyIfItIsWithinTenMinutes() {
    CopyRule rule = CopyRule.NONE;
    Duration now = Duration.ZERO;
    for (int i = 0; i < 100; i++) {
      rule = rule.heard("p" + i % 2, now);
      now = now.plus(Duration.ofMinutes(4));
      assertTrue(i < 4 || rule.copied() == (rule.returns().size() >= CopyRule.TOO_MANY));
    }
    assertTrue(rule.copied());
    CopyRule slow = CopyRule.NONE;
    for (int i = 0; i < 100; i++) {
      slow = slow.heard("p" + i % 2, now);
      now = now.plus(Duration.ofMinutes(6));
      assertEquals(false, slow.copied());
      assertTrue(slow.earlier().size() <= IdentityLimits.MAX_PROCESSES);
    }
  }
}

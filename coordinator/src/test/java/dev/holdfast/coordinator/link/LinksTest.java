package dev.holdfast.coordinator.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.assignment.AssignmentReference;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.assignment.Generation;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.testing.Rows;
import dev.holdfast.coordinator.testing.Rows.Shape;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.Limits;
import dev.holdfast.task.TransportLimits;
import dev.holdfast.wire.AssignmentCodec;
import dev.holdfast.wire.agent.Ack;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.CoordinatorMessage;
import dev.holdfast.wire.agent.Heartbeat;
import dev.holdfast.wire.agent.HostCondition;
import dev.holdfast.wire.agent.Lane;
import dev.holdfast.wire.agent.Wait;
import dev.holdfast.wire.v1.PingStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LinksTest {
  @TempDir Path folder;
  private Floor floor;
  private Rows rows;
  private InstanceId one;
  private InstanceId two;

  @BeforeEach
  void open() {
    floor = new Floor(folder);
    rows = floor.rows;
    one = rows.instance(1);
    two = rows.instance(2);
  }

  @AfterEach
  void close() {
    floor.close();
  }

  @Test
  void aHelloIsAnsweredByAnAckThenTheSetThenThePace() {
    AssociationId association = rows.create(1, one);

    Floor.Agent agent = floor.agent(one).hello();

    List<CoordinatorMessage> sent = agent.outlet.take();
    assertEquals(
        List.of("ACK", "SET", "PACING"),
        sent.stream().map(m -> m.getMessageCase().name()).toList());
    Ack ack = sent.get(0).getAck();
    assertEquals(1, ack.getEpoch());
    assertEquals(Map.of(Lane.LANE_RESULTS, 7L), Floor.lanes(ack.getStoredThroughList()));
    AssignmentSet set = AssignmentCodec.fromProto(sent.get(1).getSet());
    assertEquals(association, set.assignments().getFirst().association());
    assertEquals(1, set.pendingTriggers().size());
    assertEquals(60, sent.get(2).getPacing().getHeartbeatSeconds());
    Instances.Instance row = rows.store.read(read -> Instances.find(read, one)).orElseThrow();
    assertEquals("1.0", row.host().agentVersion());
    assertEquals("192.0.2.1", row.host().ipAddress());
    assertEquals(Optional.of(Rows.START), row.lastSeen());
  }

  @Test
  void whoHoldsTheSetIsToldThatItIsCurrentUnlessATriggerIsPending() {
    AssociationId association = rows.create(1, one);
    Floor.Agent agent = floor.agent(one).hello();
    AssignmentSet set = agent.set();

    Floor.Agent again = floor.agent(one);
    again.held = set;
    again.hello();
    assertEquals(set.pendingTriggers(), again.set().pendingTriggers());

    rows.report(rows.newest(association), one, RunStatus.SUCCESS);
    Floor.Agent third = floor.agent(one);
    third.held = set;
    third.hello();
    CoordinatorMessage answer = third.outlet.take().get(1);
    assertTrue(answer.hasCurrent());
    assertEquals(
        new Generation(1, rows.store.position()),
        AssignmentCodec.fromProto(answer.getCurrent().getGeneration()));
  }

  @Test
  void whatIsNewInASetGoesBesideItToWhomTheOneBeforeWasSent() {
    AssociationId association = rows.create(1, one);
    Floor.Agent agent = floor.agent(one).hello();
    assertEquals(0, agent.outlet.take().get(1).getBodiesCount(), "nobody knows what it has");

    rows.edit(association, new Shape("two", true, false));
    floor.turn();

    assertEquals(2, agent.outlet.take().getFirst().getBodiesCount());
  }

  @Test
  void aCommitIsPushedInTheNextTurnToThoseConcernedAlone() {
    AssociationId association = rows.create(1, one);
    Floor.Agent mine = floor.agent(one).hello();
    Floor.Agent other = floor.agent(two).hello();
    mine.outlet.take();
    other.outlet.take();

    rows.edit(association, new Shape("two", true, false));
    floor.turn();

    AssignmentSet set = mine.set();
    assertEquals(new Generation(1, rows.store.position()), set.generation());
    assertEquals(
        rows.newest(association),
        Identity.executionId(association, set.pendingTriggers().getFirst().trigger()));
    assertEquals(List.of(), other.outlet.take());
  }

  @Test
  void whoComesInAndWhoLeavesIsPushedTo() {
    AssociationId association = rows.create(1, one);
    Floor.Agent agent = floor.agent(two).hello();
    agent.outlet.take();

    rows.enter(association, two);
    floor.turn();
    assertEquals(1, agent.set().pendingTriggers().size());

    rows.leave(association, two);
    floor.turn();
    assertEquals(List.of(), agent.set().assignments());

    rows.enter(association, two);
    floor.turn();
    agent.outlet.take();
    rows.delete(association);
    floor.turn();
    assertEquals(List.of(), agent.set().assignments());
  }

  @Test
  void aDocumentThatIsGoneTakesItsAssociationsOutOfTheSets() {
    AssociationId association = rows.create(1, one);
    Floor.Agent agent = floor.agent(one).hello();
    agent.outlet.take();

    rows.unresolve(association);
    floor.turn();

    assertEquals(List.of(), agent.set().assignments());
  }

  @Test
  void theOutboxHoldsTheNewestSetAlone() {
    AssociationId association = rows.create(1, one);
    Floor.Agent agent = floor.agent(one).hello();
    agent.outlet.take();
    agent.outlet.ready = false;

    for (int i = 0; i < 50; i++) {
      rows.edit(association, new Shape("document " + i, true, false));
      floor.turn();
    }
    agent.outlet.ready = true;
    agent.session.ready();

    AssignmentSet set = agent.set();
    assertEquals(new Generation(1, rows.store.position()), set.generation());
    assertEquals(
        rows.newest(association),
        Identity.executionId(association, set.pendingTriggers().getFirst().trigger()));
  }

  @Test
  void nothingIsPushedForWhatNoLongerNeedsToBeSaid() {
    AssociationId association = rows.create(1, one, two);
    Floor.Agent agent = floor.agent(one).hello();
    agent.outlet.take();
    String change = rows.newest(association);
    rows.report(change, one, RunStatus.IN_PROGRESS);
    rows.cancel(association, change);
    floor.turn();
    assertEquals(List.of(change), agent.set().cancelled());

    rows.report(change, one, RunStatus.CANCELLED);
    rows.start(association, two);
    floor.turn();

    assertEquals(List.of(), agent.outlet.take());
  }

  @Test
  void repeatedEventsAndCommitsPushNothingTwice() {
    AssociationId association = rows.create(1, one);
    Floor.Agent agent = floor.agent(one).hello();
    agent.outlet.take();

    for (int i = 0; i < 3; i++) {
      rows.store.write(
          write -> write.append("AssociationUpdated", List.of(association.value()), Map.of()));
      rows.store.write(write -> write.append("Unknown", List.of("something"), Map.of()));
      floor.turn();
    }

    assertEquals(List.of(), agent.outlet.take());
  }

  @Test
  void aManualStartReachesWhomItNames() {
    AssociationId association = rows.create(1, one, two);
    Floor.Agent first = floor.agent(one).hello();
    Floor.Agent second = floor.agent(two).hello();
    first.outlet.take();
    second.outlet.take();

    String start = rows.start(association, two);
    floor.turn();

    assertEquals(List.of(), first.outlet.take());
    assertTrue(
        second.set().pendingTriggers().stream()
            .anyMatch(p -> Identity.executionId(association, p.trigger()).equals(start)));
  }

  @Test
  void cancellingForOneReachesThatOne() {
    AssociationId association = rows.create(1, one, two);
    Floor.Agent first = floor.agent(one).hello();
    Floor.Agent second = floor.agent(two).hello();
    first.outlet.take();
    second.outlet.take();

    rows.cancel(association, rows.newest(association), two);
    floor.turn();

    assertEquals(List.of(), first.outlet.take());
    AssignmentSet set = second.set();
    assertEquals(List.of(rows.newest(association)), set.cancelled());
    assertEquals(List.of(), set.pendingTriggers());
  }

  @Test
  void aDeregisteredInstanceLosesItsLinkAtOnceAndGetsNoNewOne() {
    rows.create(1, one);
    Floor.Agent agent = floor.agent(one).hello();

    rows.deregister(one);
    floor.turn();

    assertEquals(Optional.of("the instance is not registered any more"), agent.outlet.closed);
    Floor.Agent again = floor.agent(one).hello();
    assertTrue(again.outlet.closed.isPresent());
    assertEquals(List.of(), again.outlet.sent);
  }

  @Test
  void theNewestLinkWins() {
    Floor.Agent older = floor.agent(one).hello();
    Floor.Agent newer = floor.agent(one).hello();

    assertEquals(Optional.of("a newer link of this instance was opened"), older.outlet.closed);
    assertEquals(PingStatus.PING_STATUS_ONLINE, newer.presence());
    older.session.closed();
    older.session.received(AgentMessage.getDefaultInstance());
    assertEquals(PingStatus.PING_STATUS_ONLINE, newer.presence());
    rows.create(1, one);
    floor.turn();
    newer.outlet.take();
    assertEquals(new Links.Counts(1, 1, 0), floor.links.counts());
  }

  @Test
  void linksThatHoldWhatIsWantedAreCountedAsTheyComeAndGo() {
    AssociationId association = rows.create(1, one);
    Floor.Agent agent = floor.agent(one).hello();
    AssignmentSet first = agent.set();
    assertEquals(0, floor.links.figures().settled());
    agent.adopt(first);
    assertEquals(1, floor.links.figures().settled());
    assertEquals(1, floor.links.figures().adopted());

    rows.edit(association, new Shape("two", true, false));
    floor.turn();
    AssignmentSet second = agent.set();
    assertEquals(0, floor.links.figures().settled());
    agent.adopt(first);
    assertEquals(0, floor.links.figures().settled());
    agent.adopt(second);
    agent.adopt(second);
    assertEquals(1, floor.links.figures().settled());
    assertEquals(2, floor.links.figures().adopted());

    agent.session.closed();
    assertEquals(0, floor.links.figures().settled());
    assertEquals(0, floor.links.open());
  }

  @Test
  void generationsNeverGoBackWhateverHappens() {
    AssociationId association = rows.create(1, one);
    List<Generation> seen = new ArrayList<>();
    for (int round = 0; round < 5; round++) {
      Floor.Agent agent = floor.agent(one).hello();
      for (int i = 0; i < 4; i++) {
        agent.outlet.ready = i % 2 == 0;
        rows.edit(association, new Shape("document " + i, true, i == 3));
        floor.turn();
        agent.outlet.ready = true;
        agent.session.ready();
        agent.outlet.take().stream()
            .filter(CoordinatorMessage::hasSet)
            .map(m -> AssignmentCodec.fromProto(m.getSet().getGeneration()))
            .forEach(seen::add);
      }
    }

    assertTrue(seen.size() > 10, seen::toString);
    assertTrue(Floor.rises(seen), seen::toString);
  }

  @Test
  void whoseReportsAreNotTakenLosesItsLink() {
    Floor.Agent agent = floor.agent(one).hello();

    floor.links.drop(one, "reports could not be stored");
    floor.links.drop(two, "it has none");
    floor.turn();

    assertEquals(Optional.of("reports could not be stored"), agent.outlet.closed);
  }

  @Test
  void afterTheLogWasCutAllLinksAreLookedAt() {
    AssociationId association = rows.create(1, one);
    Floor.Agent agent = floor.agent(one).hello();
    agent.outlet.take();

    rows.edit(association, new Shape("two", true, false));
    rows.cutLog();
    floor.turn();

    assertEquals(1, agent.sets().size());
  }

  @Test
  void manyInstancesGetTheirSetsInChunks() {
    InstanceId[] many = new InstanceId[1_200];
    List<Floor.Agent> agents = new ArrayList<>();
    for (int i = 0; i < many.length; i++) {
      many[i] = rows.instance(100 + i);
    }
    AssociationId association = rows.create(1, many);
    for (InstanceId id : many) {
      Floor.Agent agent = floor.agent(id);
      agent.send(AgentMessage.newBuilder().setHello(agent.helloMessage()));
      agents.add(agent);
    }
    floor.turn();
    agents.forEach(agent -> assertEquals(1, agent.set().assignments().size()));

    rows.edit(association, new Shape("two", true, false));
    floor.turn();

    for (Floor.Agent agent : agents) {
      AssignmentSet set = agent.set();
      assertEquals(1, set.pendingTriggers().size());
      agent.adopt(set);
    }
    assertEquals(new Links.Counts(many.length, many.length, many.length), floor.links.counts());
    assertEquals(
        12,
        Pace.of(many.length, 100).reconnectWindow().toSeconds(),
        "a fleet spreads its coming back");
  }

  @Test
  void reportsAreAcknowledgedOnlyAfterTheyAreStoredAndRefusalsAreTold() {
    Floor.Agent agent = floor.agent(one).hello();
    agent.outlet.take();

    agent.report(10);
    agent.report(5);
    floor.turn();
    assertEquals(List.of(), agent.outlet.take());

    agent.outlet.ready = false;
    floor.intake.wholeInventory = List.of("AWS:Application");
    floor.intake.commit();
    floor.turn();
    agent.outlet.ready = true;
    agent.session.ready();

    List<CoordinatorMessage> sent = agent.outlet.take();
    assertEquals(1, sent.size(), "two batches, one acknowledgement");
    Ack ack = sent.getFirst().getAck();
    assertEquals(Map.of(Lane.LANE_RESULTS, 15L), Floor.lanes(ack.getStoredThroughList()));
    assertEquals(
        List.of(13L), ack.getRefusedList().stream().map(refusal -> refusal.getSequence()).toList());
    assertEquals(List.of("AWS:Application"), ack.getWholeInventoryList());
  }

  @Test
  void moreUnacknowledgedReportsThanAllowedEndTheLink() {
    Floor.Agent agent = floor.agent(one).hello();
    for (int i = 0; i < Limits.MAX_UNACKNOWLEDGED_REPORTS / Limits.MAX_BATCH_REPORTS; i++) {
      agent.report(Limits.MAX_BATCH_REPORTS);
    }
    assertEquals(Optional.empty(), agent.outlet.closed);

    agent.report(1);

    assertEquals(
        Optional.of("more than 400 reports that were not acknowledged yet"), agent.outlet.closed);
  }

  @Test
  void acknowledgedReportsMakeRoomForMore() {
    Floor.Agent agent = floor.agent(one).hello();
    for (int i = 0; i < 20; i++) {
      agent.report(Limits.MAX_BATCH_REPORTS);
      floor.intake.commit();
      floor.turn();
    }
    assertEquals(Optional.empty(), agent.outlet.closed);
    assertEquals(2_000, floor.intake.stored.size());
  }

  @Test
  void whileManyBytesAreNotStoredNoMoreIsRead() {
    Floor.Agent agent = floor.agent(one).hello();
    int asked = agent.outlet.asked;
    AgentMessage.Builder large = inventory(250_000);
    int room = Limits.MAX_LINK_UNACKNOWLEDGED_BYTES / 250_000;

    for (int i = 0; i < room; i++) {
      agent.send(large);
    }
    assertEquals(asked + room, agent.outlet.asked);
    agent.send(large);
    assertEquals(asked + room, agent.outlet.asked, "held back");
    floor.intake.commit();
    floor.turn();

    assertEquals(asked + room + 1, agent.outlet.asked);
  }

  @Test
  void aBatchOfMoreThanAMessageHasRoomForEndsTheLink() {
    Floor.Agent agent = floor.agent(one).hello();
    int around = inventory(200_000).getReports().getSerializedSize() - 200_000;

    agent.send(inventory(Limits.MAX_AGENT_MESSAGE_BYTES - around));
    assertEquals(Optional.empty(), agent.outlet.closed);
    agent.send(inventory(Limits.MAX_AGENT_MESSAGE_BYTES - around + 1));

    assertEquals(
        Optional.of("a batch of 262145 bytes; at most 262144 are allowed"), agent.outlet.closed);
  }

  private static AgentMessage.Builder inventory(int bytes) {
    AgentMessage.Builder message = AgentMessage.newBuilder();
    message
        .getReportsBuilder()
        .addReportsBuilder()
        .setLane(Lane.LANE_INVENTORY)
        .setSequence(1)
        .getInventoryBuilder()
        .setContent(com.google.protobuf.ByteString.copyFrom(new byte[bytes]));
    return message;
  }

  @Test
  void whatIsNotALinkIsEndedWithItsReason() {
    Map<String, java.util.function.Consumer<Floor.Agent>> cases =
        Map.of(
            "a message before the hello; the hello is the first message",
            agent -> agent.beat(true),
            "a second hello; it is sent once, as the first message",
            agent -> agent.hello().hello(),
            "spool_epoch of the hello is not 1 to 64 letters, digits and dashes",
            agent ->
                agent.send(
                    AgentMessage.newBuilder().setHello(agent.helloMessage().setSpoolEpoch("../x"))),
            "set_sha256 of the hello has 3 bytes; allowed are 32",
            agent ->
                agent.send(
                    AgentMessage.newBuilder()
                        .setHello(
                            agent
                                .helloMessage()
                                .setSetSha256(com.google.protobuf.ByteString.copyFromUtf8("abc")))),
            "a batch of 101 reports; at most 100 are allowed",
            agent -> agent.hello().report(101),
            "a heartbeat of 51 waits; at most 50 are allowed",
            agent -> agent.hello().send(beat(51, 0, 0)),
            "a heartbeat of 21 conditions; at most 20 are allowed",
            agent -> agent.hello().send(beat(0, 21, 0)),
            "a heartbeat of 8193 bytes; at most 8192 are allowed",
            agent -> agent.hello().send(beat(0, 1, 8193)));
    cases.forEach(
        (reason, play) -> {
          Floor.Agent agent = floor.agent(one);
          play.accept(agent);
          assertEquals(Optional.of(reason), agent.outlet.closed);
        });
  }

  @Test
  void aHeartbeatThatTellsAsMuchAsItMayIsHeard() {
    Floor.Agent agent = floor.agent(one).hello();

    agent.send(beat(50, 0, 0));
    agent.send(beat(0, 20, 0));
    agent.send(beat(0, 1, TransportLimits.MAX_HEARTBEAT_BYTES));

    assertEquals(Optional.empty(), agent.outlet.closed);
  }

  /** One of so many bytes, where that is not 0. */
  private static AgentMessage.Builder beat(int waits, int conditions, int bytes) {
    Heartbeat.Builder beat = Heartbeat.newBuilder();
    for (int i = 0; i < waits; i++) {
      beat.addWaits(Wait.newBuilder().setTrigger("manual:1"));
    }
    for (int i = 0; i < conditions; i++) {
      beat.addConditions(HostCondition.newBuilder().setCode("FULL"));
    }
    if (bytes > 0) {
      beat.getConditionsBuilder(0).setMessage("x".repeat(bytes / 2));
      int around = beat.build().getSerializedSize() - bytes / 2;
      beat.getConditionsBuilder(0).setMessage("x".repeat(bytes - around));
      assertEquals(bytes, beat.build().getSerializedSize());
    }
    return AgentMessage.newBuilder().setHeartbeat(beat);
  }

  @Test
  void aLinkOnWhichNothingMovesIsDropped() {
    Floor.Agent mute = floor.agent(one);
    Floor.Agent deaf = floor.agent(two).hello();
    deaf.outlet.ready = false;
    rows.create(1, two);
    floor.turn();

    for (int i = 0; i < 3; i++) {
      rows.timers.advance(Duration.ofSeconds(45));
      deaf.beat(true);
    }

    assertEquals(Optional.of("no hello was answered for 120 s"), mute.outlet.closed);
    assertEquals(Optional.of("the agent took no message for 120 s"), deaf.outlet.closed);
  }

  @Test
  void aLinkWhoseReportsCanNotBeStoredIsDroppedSoThatTheyAreSentAgain() {
    Floor.Agent agent = floor.agent(one).hello();
    agent.report(1);

    for (int i = 0; i < 3; i++) {
      rows.timers.advance(Duration.ofSeconds(45));
      agent.beat(true);
    }

    assertTrue(agent.outlet.closed.orElse("").startsWith("reports could not be stored"));
  }

  @Test
  void whoWasAwayForAMonthIsAnnouncedBeforeItsSetIsComputed() {
    Floor.Agent agent = floor.agent(one).hello();
    agent.session.closed();
    rows.timers.advance(Duration.ofDays(1));
    floor.agent(one).hello().session.closed();
    assertEquals(List.of(), floor.returned);

    rows.timers.advance(Duration.ofDays(32));
    floor.agent(one).hello();

    assertEquals(List.of(one), floor.returned);
  }

  @Test
  void stoppingEndsEveryLink() {
    Floor.Agent agent = floor.agent(one).hello();

    floor.links.stop();

    assertEquals(Optional.of("the coordinator is stopping"), agent.outlet.closed);
    assertEquals(Optional.of("the coordinator is stopping"), floor.agent(two).outlet.closed);
    assertFalse(floor.links.connected(one));
  }

  @Test
  void textsOfAHelloAreCutAndFreeOfControlCharacters() {
    Floor.Agent agent = floor.agent(one);
    var hello = agent.helloMessage();
    hello.getPlatformBuilder().setComputerName("\u001b[31m" + "x".repeat(1_000));

    agent.send(AgentMessage.newBuilder().setHello(hello));
    floor.turn();

    String name =
        rows.store.read(read -> Instances.find(read, one)).orElseThrow().host().computerName();
    assertEquals(256, name.length());
    assertTrue(name.startsWith("?[31mxxx"), name);
  }

  @Test
  void assignmentsComeInTheOrderOfTheirIds() {
    rows.create(9, one);
    rows.create(2, one);
    List<AssociationId> order =
        floor.agent(one).hello().set().assignments().stream()
            .map(AssignmentReference::association)
            .toList();
    assertEquals(List.of(Rows.associationId(2), Rows.associationId(9)), order);
  }
}

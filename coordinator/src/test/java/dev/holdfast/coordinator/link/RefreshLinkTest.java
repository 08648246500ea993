package dev.holdfast.coordinator.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.task.RunLimits;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.RefreshAnswer;
import dev.holdfast.wire.agent.RefreshRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests of runs on the coordinator's end of links. */
final class RefreshLinkTest {
  private static final AssociationId ASKING =
      new AssociationId("00000000-0000-4000-8000-000000000001");

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Floor floor;

  @BeforeEach
  void open() {
    floor = new Floor(folder);
  }

  @AfterEach
  void close() {
    floor.close();
  }

  private Floor.Agent linked(int number) {
    Floor.Agent agent = floor.agent(floor.rows.instance(number)).hello();
    agent.outlet.take();
    return agent;
  }

  private static AgentMessage.Builder request(long number, String... ids) {
    return AgentMessage.newBuilder()
        .setRefresh(
            RefreshRequest.newBuilder()
                .setNumber(number)
                .setRunId("run-" + number)
                .setAssociationId(ASKING.value())
                .setTrigger("change:1.2")
                .addAllAssociationIds(List.of(ids)));
  }

  private static List<RefreshAnswer> answers(Floor.Agent agent) {
    return agent.outlet.take().stream()
        .filter(message -> message.hasRefreshed())
        .map(message -> message.getRefreshed())
        .toList();
  }

  @Test
  void aRequestIsLookedIntoForTheInstanceOfTheLinkAndAnsweredByItsNumber() {
    Floor.Agent agent = linked(1);

    agent.send(request(7, "a", "b"));
    floor.turn();

    assertEquals(List.of(agent.id + " run-7 [a, b]"), floor.asks);
    assertEquals(
        List.of(RefreshAnswer.newBuilder().setNumber(7).addAssociationIds(ASKING.value()).build()),
        answers(agent));
  }

  @Test
  void whatIsLeftOutAndWhyIsToldAsItIs() {
    floor.refresher =
        (write, instance, ask) ->
            new Refresher.Reply(
                List.of(), List.of(new Refresher.Left("x", "is running already")), "");
    Floor.Agent agent = linked(1);

    agent.send(request(1));
    floor.turn();

    RefreshAnswer answer = answers(agent).getFirst();
    assertEquals("x", answer.getLeft(0).getAssociation());
    assertEquals("is running already", answer.getLeft(0).getReason());
  }

  @Test
  void aRequestBeforeTheHelloEndsTheLink() {
    InstanceId id = floor.rows.instance(1);
    Floor.Agent agent = floor.agent(id);

    agent.send(request(1));

    assertTrue(agent.outlet.closed.orElseThrow().contains("before the hello"));
  }

  @Test
  void aRequestThatDoesNotSayWhichRunAsksIsAnsweredWithARefusal() {
    Floor.Agent agent = linked(1);

    AgentMessage.Builder noTrigger = request(1);
    noTrigger.getRefreshBuilder().setTrigger("whenever");
    agent.send(noTrigger);
    AgentMessage.Builder noAssociation = request(2);
    noAssociation.getRefreshBuilder().setAssociationId("mine");
    agent.send(noAssociation);
    agent.send(
        request(3, Collections.nCopies(RunLimits.MAX_REFRESHED + 1, "a").toArray(String[]::new)));
    floor.turn();

    assertEquals(List.of(), floor.asks);
    assertEquals(
        List.of(
            "RefreshRefused: the request does not say which run asks",
            "RefreshRefused: the request does not say which run asks",
            "RefreshRefused: 51 associations are named; at most 50 are allowed"),
        answers(agent).stream().map(RefreshAnswer::getRefusal).toList());
  }

  @Test
  void tooManyRequestsAMinuteAreRefusedWithoutALookUntilTheMinuteIsOver() {
    Floor.Agent agent = linked(1);
    List<RefreshAnswer> answers = new ArrayList<>();
    for (int i = 1; i <= RunLimits.REFRESHES_A_MINUTE + 1; i++) {
      agent.send(request(i));
      floor.turn();
      answers.addAll(answers(agent));
    }

    assertEquals(RunLimits.REFRESHES_A_MINUTE, floor.asks.size());
    assertTrue(answers.getLast().getRefusal().startsWith("TooManyRefreshes: "));

    floor.rows.timers.advance(Duration.ofMinutes(1));
    agent.beat(true);
    agent.send(request(100));
    floor.turn();
    assertEquals("", answers(agent).getLast().getRefusal());
  }

  @Test
  void moreUnansweredRequestsThanAllowedEndTheLink() {
    Floor.Agent agent = linked(1);
    agent.outlet.ready = false;
    for (int i = 1; i <= RunLimits.MAX_REFRESHES; i++) {
      agent.send(request(i));
      floor.turn();
    }
    assertTrue(agent.outlet.closed.isEmpty());

    agent.send(request(99));

    assertTrue(agent.outlet.closed.orElseThrow().contains("8 refresh requests"));
  }

  @Test
  void answersWaitUntilTheAgentTakesThem() {
    Floor.Agent agent = linked(1);
    agent.outlet.ready = false;
    agent.send(request(1));
    agent.send(request(2));
    floor.turn();
    assertEquals(List.of(), answers(agent));

    agent.outlet.ready = true;
    agent.session.ready();

    assertEquals(List.of(1L, 2L), answers(agent).stream().map(RefreshAnswer::getNumber).toList());
  }

  @Test
  void oneRequestThatFailsDoesNotStopTheOthers() {
    Floor.Agent one = linked(1);
    Floor.Agent two = linked(2);
    floor.refresher =
        (write, instance, ask) -> {
          if (instance.equals(one.id)) {
            throw new IllegalStateException("on purpose");
          }
          return new Refresher.Reply(List.of(ASKING), List.of(), "");
        };

    one.send(request(1));
    two.send(request(1));
    floor.turn();

    assertTrue(answers(one).getFirst().getRefusal().startsWith("CoordinatorUnreachable: "));
    assertEquals(List.of(ASKING.value()), answers(two).getFirst().getAssociationIdsList());
  }

  @Test
  void aLinkThatEndedMeanwhileHearsNothing() {
    Floor.Agent agent = linked(1);
    agent.send(request(1));
    agent.session.closed();
    floor.turn();

    assertEquals(List.of(), answers(agent));
    assertEquals(1, floor.asks.size(), "what it asked for starts all the same");
  }
}

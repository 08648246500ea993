package dev.holdfast.coordinator.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.testing.Rows.Shape;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What links count, and how long what they do takes. */
final class LinkFiguresTest {
  private final List<Duration> pushed = new ArrayList<>();
  private final List<Duration> acknowledged = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // set before each test
  private Floor floor;

  @SuppressWarnings("NullAway.Init") // set before each test
  private InstanceId one;

  @BeforeEach
  void open(@TempDir Path folder) {
    floor = new Floor(folder);
    one = floor.rows.instance(1);
    figures().onPushed(pushed::add);
    figures().onAcknowledged(acknowledged::add);
  }

  @AfterEach
  void close() {
    floor.close();
  }

  private LinkFigures figures() {
    return floor.links.figures();
  }

  @Test
  void aPushTakesFromTheFirstCommitUntilTheAgentTellsThatItHoldsTheNewestSet() {
    AssociationId association = floor.rows.create(1, one);
    Floor.Agent agent = floor.agent(one).hello();
    AssignmentSet first = agent.set();
    floor.rows.timers.advance(Duration.ofSeconds(4));
    assertEquals(Duration.ofSeconds(4), figures().oldestUnsettled(), "the answer to a hello waits");
    agent.adopt(first);
    assertEquals(List.of(), pushed, "that was no change");
    assertEquals(Duration.ZERO, figures().oldestUnsettled());

    floor.rows.edit(association, new Shape("two", true, false));
    floor.turn();
    floor.rows.timers.advance(Duration.ofSeconds(2));
    floor.rows.edit(association, new Shape("three", true, false));
    floor.turn();
    floor.rows.timers.advance(Duration.ofSeconds(3));
    List<AssignmentSet> sets = agent.sets();
    assertEquals(Duration.ofSeconds(5), figures().oldestUnsettled());
    agent.adopt(sets.getFirst());
    assertEquals(List.of(), pushed);
    agent.adopt(sets.getLast());

    assertEquals(List.of(Duration.ofSeconds(5)), pushed);
    assertEquals(Duration.ZERO, figures().oldestUnsettled());

    floor.rows.edit(association, new Shape("four", true, false));
    floor.turn();
    floor.rows.timers.advance(Duration.ofSeconds(1));
    agent.adopt(agent.set());
    assertEquals(List.of(Duration.ofSeconds(5), Duration.ofSeconds(1)), pushed);
  }

  @Test
  void whoGoesBeforeItHoldsAChangeIsWaitedForNoMore() {
    AssociationId association = floor.rows.create(1, one);
    Floor.Agent agent = floor.agent(one).hello();
    agent.adopt(agent.set());
    floor.rows.edit(association, new Shape("two", true, false));
    floor.turn();
    floor.rows.timers.advance(Duration.ofSeconds(2));

    agent.session.closed();

    assertEquals(Duration.ZERO, figures().oldestUnsettled());
    assertEquals(List.of(), pushed);
  }

  @Test
  void theReactorIsBehindFromACommitUntilTheSetsAreComputed() {
    AssociationId association = floor.rows.create(1, one);
    Floor.Agent agent = floor.agent(one).hello();
    agent.adopt(agent.set());
    assertEquals(0, figures().unreadEvents());
    assertEquals(Duration.ZERO, figures().behind());

    floor.rows.edit(association, new Shape("two", true, false));
    assertEquals(true, figures().unreadEvents() > 0, "nobody had a turn yet");
    floor.turn();

    assertEquals(0, figures().unreadEvents());
    assertEquals(Duration.ZERO, figures().behind());
  }

  @Test
  void anAcknowledgementTakesFromTheReportsComingUntilItLeaves() {
    floor.rows.create(1, one);
    Floor.Agent agent = floor.agent(one).hello();
    agent.report(2);
    floor.rows.timers.advance(Duration.ofSeconds(3));
    assertEquals(List.of(), acknowledged);

    floor.intake.commit();
    floor.turn();

    assertEquals(List.of(Duration.ofSeconds(3)), acknowledged);
  }

  @Test
  void thoseWhoAreThereAreToldApartByTheirWorkLoops() {
    floor.rows.create(1, one);
    Floor.Agent agent = floor.agent(one).hello();
    assertEquals(new LinkFigures.There(1, 0), figures().there());
    agent.beat(true);
    agent.beat(false);
    agent.beat(false);
    assertEquals(new LinkFigures.There(0, 1), figures().there());

    floor.rows.timers.advance(Duration.ofMinutes(5));
    assertEquals(new LinkFigures.There(0, 0), figures().there(), "it was not heard for long");
  }
}

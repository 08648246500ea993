package dev.holdfast.agent.schedule;

import static dev.holdfast.agent.schedule.Expected.CHANGE;
import static dev.holdfast.agent.schedule.Expected.ENTER;
import static dev.holdfast.agent.schedule.Expected.MANUAL;
import static dev.holdfast.agent.schedule.Expected.ONE;
import static dev.holdfast.agent.schedule.Expected.TWO;
import static dev.holdfast.agent.schedule.Expected.catchUp;
import static dev.holdfast.agent.schedule.Expected.skip;
import static dev.holdfast.agent.schedule.Expected.start;
import static dev.holdfast.agent.schedule.Expected.t;
import static dev.holdfast.agent.schedule.Expected.tick;
import static dev.holdfast.agent.testing.Samples.association;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.schedule.Action.Reason;
import dev.holdfast.agent.schedule.Past.CatchUp;
import dev.holdfast.association.Trigger;
import dev.holdfast.task.RunLimits;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * The rules of what a host does at once, and of its clock. Both sides of each boundary. Unless a
 * case says otherwise, the association recurs at every full hour, came in at 09:30, and the agent
 * has been up and awake since.
 */
final class AgendaHostTest {
  private final SituationSample at = new SituationSample();

  @Nested
  final class OneRunAtATimeTest {

    @Test
    void aTickThatFindsItsAssociationRunningIsSkipped() {
      at.now("10:00:00")
          .plan(1)
          .running(1, MANUAL)
          .expect(skip("10:00:00", Reason.STILL_RUNNING, 1));
      assertEquals(List.of(), at.decide().queue());
    }

    @Test
    void missedTicksThatFindItRunningAreOneSkip() {
      at.now("12:30:00")
          .awakeSince("12:29:00")
          .plan(1)
          .running(1, MANUAL)
          .expect(skip("12:00:00", Reason.STILL_RUNNING, 3));
    }

    @Test
    void aPendingTriggerWaitsForTheEnd() {
      for (Trigger trigger : List.of(CHANGE, ENTER, MANUAL)) {
        at.now("09:45:00").plan(1).pending(1, trigger).running(1, tick("09:00:00")).expect();
        assertEquals(
            List.of(new Waiting(ONE, trigger, Waiting.Reason.OWN_RUN)), at.decide().queue());
        at.clear();
      }
    }

    @Test
    void aCatchUpWaitsForTheEnd() {
      at.now("10:30:00")
          .plan(1)
          .handledThrough("10:00:00")
          .waiting(new CatchUp(t("10:00:00"), 1, t("10:15:00")))
          .running(1, MANUAL)
          .expect();
    }

    @Test
    void aRunOfAnotherAssociationIsNoHindrance() {
      at.now("10:00:00").plan(1).running(2, MANUAL).expect(start(ONE, tick("10:00:00")));
    }
  }

  @Nested
  final class SlotsTest {

    @Test
    void moreThanTwoDocumentsQueueInOrder() {
      at.now("10:00:00").plan(1).plan(2).plan(3).plan(4);

      Decision decision = at.decide();

      assertEquals(
          List.of(start(ONE, tick("10:00:00")), start(TWO, tick("10:00:00"))), decision.actions());
      assertEquals(List.of(association(3), association(4)), decision.slotQueue());
    }

    @Test
    void whoDidNotWaitStandsBehindWhoDid() {
      at.now("10:00:00").plan(1).plan(2).plan(3).plan(4).queue(4, 3).running(5, MANUAL);

      Decision decision = at.decide();

      assertEquals(List.of(start(association(4), tick("10:00:00"))), decision.actions());
      assertEquals(List.of(association(3), ONE, TWO), decision.slotQueue());
    }

    @Test
    void whoWasReadyEarlierStandsBeforeWhoWasReadyLater() {
      at.now("10:10:00").plan(1).splay(Duration.ofMinutes(5)).plan(2).running(5, MANUAL);

      assertEquals(List.of(start(TWO, tick("10:00:00"))), at.decide().actions());
    }

    @Test
    void readingInventoryNeverQueuesAndTakesNoSlot() {
      at.now("10:00:00").plan(1).inventory().running(4, MANUAL).running(5, MANUAL);
      at.expect(start(ONE, tick("10:00:00")));
      at.clear();
      at.plan(1).plan(2).runningInventory(4, MANUAL).runningInventory(5, MANUAL);
      assertEquals(2, at.decide().actions().size());
    }

    @Test
    void whoNeedsAPermitWaitsForItAndTakesNoSlot() {
      at.now("10:00:00").plan(1).needsPermit().plan(2).running(5, MANUAL);

      assertEquals(List.of(start(TWO, tick("10:00:00"))), at.decide().actions());
      assertEquals(
          List.of(new Waiting(ONE, tick("10:00:00"), Waiting.Reason.PERMIT)), at.decide().queue());
    }
  }

  @Nested
  final class ClocksTest {

    @Test
    void aClockThatIsUpToADayBehindIsWaitedFor() {
      at.now("10:00:00").plan(1);
      at.handledThrough(t("10:00:00").plus(RunLimits.CLOCK_BACK)).expect();
    }

    @Test
    void aClockThatIsFurtherBehindIsBelieved() {
      at.now("10:00:00").plan(1);
      at.handledThrough(t("10:00:00").plus(RunLimits.CLOCK_BACK).plusMillis(1));
      at.expect(new Action.Rebase(ONE, t("10:00:00")));
      assertEquals(Optional.of(t("11:00:00")), at.decide().wake());
    }

    @Test
    void afterThatTicksThatTheLedgerKnowsAreSkippedOver() {
      at.now("10:30:00").plan(1).handledThrough("10:30:00").knows(tick("11:00:00")).expect();
      assertEquals(Optional.of(t("12:00:00")), at.decide().wake());

      at.now("11:00:00").plan(1).handledThrough("10:30:00").knows(tick("11:00:00")).expect();
    }

    @Test
    void aDelayThatNoSplayCouldMakeIsOver() {
      at.now("10:30:00").plan(1).handledThrough("10:00:00");
      at.waiting(new CatchUp(t("10:00:00"), 1, t("10:30:00").plus(RunLimits.CLOCK_BACK))).expect();
      at.plan(1).handledThrough("10:00:00");
      at.waiting(
          new CatchUp(t("10:00:00"), 1, t("10:30:00").plus(RunLimits.CLOCK_BACK).plusMillis(1)));
      at.expect(catchUp("10:00:00", 1));
    }

    @Test
    void aCatchUpDoesNotStartBeforeItsOwnTick() {
      at.now("09:45:00").plan(1).handledThrough("10:00:00");
      at.waiting(new CatchUp(t("10:00:00"), 1, t("09:40:00"))).expect();
      assertEquals(Optional.of(t("10:00:00")), at.decide().wake());
    }
  }

  @Test
  void theWakeIsTheEarliestOfAll() {
    at.now("09:45:00").plan(1).plan(2).schedule("rate(7 minutes)").plan(3).disabled();

    assertEquals(Optional.of(t("09:48:00")), at.decide().wake());
    assertTrue(at.decide().wake().orElseThrow().isAfter(t("09:45:00")));
  }
}

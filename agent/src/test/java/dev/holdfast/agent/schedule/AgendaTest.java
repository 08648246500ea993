package dev.holdfast.agent.schedule;

import static dev.holdfast.agent.testing.Samples.association;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.schedule.Action.Reason;
import dev.holdfast.agent.schedule.Past.Again;
import dev.holdfast.agent.schedule.Past.CatchUp;
import dev.holdfast.agent.schedule.Past.Delay;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import dev.holdfast.task.Limits;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * The rules of the agenda, one case a rule, both sides of each boundary. Unless a case says
 * otherwise, the association recurs at every full hour, came in at 09:30, and the agent has been up
 * and awake since.
 */
final class AgendaTest {
  private static final AssociationId ONE = association(1);
  private static final AssociationId TWO = association(2);
  private static final Trigger.Change CHANGE = new Trigger.Change(1, 7);
  private static final Trigger.Enter ENTER = new Trigger.Enter(1, 8);
  private static final Trigger.Manual MANUAL = new Trigger.Manual("5a");

  private final SituationSample at = new SituationSample();

  static Instant t(String time) {
    return Instant.parse("2026-03-02T" + time + "Z");
  }

  static Trigger.Tick tick(String time) {
    return new Trigger.Tick(t(time));
  }

  static Action start(AssociationId association, Trigger trigger) {
    return switch (trigger) {
      case Trigger.Tick(Instant instant) ->
          new Action.Start(association, trigger, 1, false, 0, Optional.of(instant));
      case Trigger.Manual _ ->
          new Action.Start(association, trigger, 1, false, 0, Optional.empty());
      case Trigger.Change _, Trigger.Enter _ ->
          throw new IllegalArgumentException("say when: " + trigger);
    };
  }

  static Action start(AssociationId association, Trigger trigger, Instant handled) {
    return new Action.Start(association, trigger, 1, false, 0, Optional.of(handled));
  }

  static Action catchUp(String newest, int missed) {
    return new Action.Start(ONE, tick(newest), 1, true, missed, Optional.of(t(newest)));
  }

  static Action missed(String newest, int missed, String notBefore) {
    return new Action.Miss(ONE, new CatchUp(t(newest), missed, t(notBefore)));
  }

  static Action skip(String tick, Reason reason, int ticks) {
    return new Action.Skip(ONE, t(tick), reason, ticks);
  }

  private void expect(Action... actions) {
    assertEquals(List.of(actions), at.decide().actions());
  }

  @Nested
  final class TicksTest {

    @Test
    void aTickStartsAtItsInstant() {
      at.now("10:00:00").plan(1).expect(start(ONE, tick("10:00:00")));
    }

    @Test
    void beforeItsInstantItIsWokenFor() {
      at.now("09:59:59.999").plan(1);

      expect();
      assertEquals(Optional.of(t("10:00:00")), at.decide().wake());
      assertEquals(t("10:00:00"), at.decide().nextRuns().get(ONE));
    }

    @Test
    void aTickAtEffectiveFromIsNotDueAndOneRightAfterIs() {
      at.now("10:00:00").plan(1).effectiveFrom("10:00:00").expect();
      at.plan(1).effectiveFrom("09:59:59.999").expect(start(ONE, tick("10:00:00")));
    }

    @Test
    void aTickAtHandledThroughIsNotDueAndOneRightAfterIs() {
      at.now("10:00:00").plan(1).handledThrough("10:00:00").expect();
      at.plan(1).handledThrough("09:59:59.999").expect(start(ONE, tick("10:00:00")));
    }

    @Test
    void aTickThatWasStartedDoesNotStartAgain() {
      at.now("10:00:00").plan(1).knows(tick("10:00:00")).expect();
    }

    @Test
    void aTickOlderThanOneThatWasStartedIsNotWorthARun() {
      at.now("10:30:00").plan(1).effectiveFrom("08:30:00").knows(tick("10:00:00")).expect();
    }

    @Test
    void aTickThatIsForgottenIsDone() {
      at.now("10:00:00").plan(1).forgottenThrough("10:00:00").expect();
      at.plan(1).forgottenThrough("09:59:59").expect(start(ONE, tick("10:00:00")));
    }

    @Test
    void aDisabledAssociationHasNoTicks() {
      at.now("10:00:00").plan(1).disabled().expect();
      assertEquals(Optional.empty(), at.decide().wake());
    }

    @Test
    void anAssociationWithoutScheduleHasNoTicks() {
      at.now("10:00:00").plan(1).schedule("").expect();
      assertEquals(Optional.empty(), at.decide().wake());
    }

    @Test
    void aTickOnTimeStaysOnTimeHoweverLateItStarts() {
      at.now("10:59:59").awakeSince("10:00:00").plan(1).expect(start(ONE, tick("10:00:00")));
    }

    @Test
    void anAtExpressionFiresOnce() {
      at.now("10:15:00").plan(1).schedule("at(2026-03-02T10:15:00)");
      expect(start(ONE, tick("10:15:00")));

      at.now("10:15:01").plan(1).schedule("at(2026-03-02T10:15:00)").knows(tick("10:15:00"));
      expect();
      assertEquals(Optional.empty(), at.decide().wake());
    }

    @Test
    void aNewerTickSupersedesOneThatHasNotStarted() {
      at.now("11:00:00")
          .plan(1)
          .expect(skip("10:00:00", Reason.SUPERSEDED, 1), start(ONE, tick("11:00:00")));
    }

    @Test
    void aSplayDelaysTicks() {
      at.now("10:04:59").plan(1).splay(Duration.ofMinutes(5)).expect();
      assertEquals(Optional.of(t("10:05:00")), at.decide().wake());

      at.now("10:05:00").plan(1).splay(Duration.ofMinutes(5)).expect(start(ONE, tick("10:00:00")));
    }

    @Test
    void ifAllThatIsDueIsCancelledItIsHandled() {
      at.now("10:00:00")
          .plan(1)
          .cancel(1, tick("10:00:00"))
          .expect(new Action.Handled(ONE, t("10:00:00")));
    }

    @Test
    void anEarlierTickStillStartsIfOnlyTheNewestIsCancelled() {
      at.now("11:00:00").plan(1).cancel(1, tick("11:00:00")).expect(start(ONE, tick("10:00:00")));
    }
  }

  @Nested
  final class MissedTicksTest {

    @Test
    void aTickIsMissedIfTheAgentWasNotAwakeWhenItWasDue() {
      at.now("10:30:00")
          .awakeSince("10:00:00.001")
          .plan(1)
          .expect(missed("10:00:00", 1, "10:30:00"), catchUp("10:00:00", 1));
      at.awakeSince("10:00:00").plan(1).expect(start(ONE, tick("10:00:00")));
    }

    @Test
    void withASplayItCountsWhetherItWasAwakeWhenTheSplayWasOver() {
      at.now("10:30:00")
          .awakeSince("10:05:00")
          .plan(1)
          .splay(Duration.ofMinutes(5))
          .expect(start(ONE, tick("10:00:00")));
    }

    @Test
    void oneRunWithTheNewestMissedTickMakesUpForAll() {
      at.now("12:30:00")
          .awakeSince("12:29:00")
          .plan(1)
          .expect(missed("12:00:00", 3, "12:30:00"), catchUp("12:00:00", 3));
    }

    @Test
    void ticksOlderThanTheLimitAreNotMadeUpFor() {
      Instant now = t("10:00:00").plus(Limits.CATCH_UP);
      at.now(now).awakeSince(now).plan(1).schedule("at(2026-03-02T10:00:00)");
      assertEquals(2, at.decide().actions().size(), "exactly as old as the limit");

      at.now(now.plusMillis(1)).awakeSince(now.plusMillis(1)).plan(1);
      at.schedule("at(2026-03-02T10:00:00)").expect();
    }

    @Test
    void aCatchUpWaitsForItsSplayFromWhenItWasNoticed() {
      at.now("10:30:00").awakeSince("10:29:00").plan(1).splay(Duration.ofMinutes(5));
      expect(missed("10:00:00", 1, "10:35:00"));
      assertEquals(Optional.of(t("10:35:00")), at.decide().wake());
      assertEquals(
          List.of(new Waiting(ONE, tick("10:00:00"), Waiting.Reason.SPLAY)), at.decide().queue());

      CatchUp noticed = new CatchUp(t("10:00:00"), 1, t("10:35:00"));
      at.now("10:34:59").plan(1).splay(Duration.ofMinutes(5)).handledThrough("10:00:00");
      at.waiting(noticed).expect();
      at.now("10:35:00").plan(1).splay(Duration.ofMinutes(5)).handledThrough("10:00:00");
      at.waiting(noticed).expect(catchUp("10:00:00", 1));
    }

    @Test
    void furtherMissedTicksJoinTheCatchUpThatWaitsAndDoNotDelayItFurther() {
      CatchUp noticed = new CatchUp(t("10:00:00"), 2, t("10:35:00"));
      at.now("12:30:00")
          .awakeSince("12:29:00")
          .plan(1)
          .splay(Duration.ofMinutes(50))
          .handledThrough("10:00:00")
          .waiting(noticed)
          .expect(missed("11:00:00", 3, "10:35:00"), catchUp("11:00:00", 3));
    }

    @Test
    void aTickOnTimeSupersedesTheCatchUpThatWaits() {
      at.now("11:00:00")
          .plan(1)
          .handledThrough("10:00:00")
          .waiting(new CatchUp(t("10:00:00"), 4, t("11:30:00")))
          .expect(skip("10:00:00", Reason.SUPERSEDED, 4), start(ONE, tick("11:00:00")));
    }

    @Test
    void aTickOnTimeAndMissedOnesMakeOneRun() {
      at.now("12:00:00")
          .awakeSince("11:30:00")
          .plan(1)
          .expect(skip("11:00:00", Reason.SUPERSEDED, 2), start(ONE, tick("12:00:00")));
    }

    @Test
    void aCatchUpIsDroppedWhenItIsNotWantedAnyMore() {
      CatchUp noticed = new CatchUp(t("10:00:00"), 1, t("10:30:00"));
      at.now("10:30:00").plan(1).handledThrough("10:00:00").waiting(noticed);
      expect(catchUp("10:00:00", 1));

      at.disabled().expect();
      at.plan(1).handledThrough("10:00:00").waiting(noticed).effectiveFrom("10:00:00").expect();
      at.plan(1).handledThrough("10:00:00").waiting(noticed).knows(tick("10:00:00")).expect();
      at.plan(1).handledThrough("10:00:00").waiting(noticed).schedule("").expect();
      at.plan(1).handledThrough("10:00:00").waiting(noticed).cancel(1, tick("10:00:00")).expect();
    }

    @Test
    void theNewestMissedTickThatIsNotCancelledIsTheTrigger() {
      at.now("12:30:00")
          .awakeSince("12:29:00")
          .plan(1)
          .cancel(1, tick("12:00:00"))
          .expect(missed("11:00:00", 2, "12:30:00"), catchUp("11:00:00", 2));
    }
  }

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
  final class PendingTriggersTest {

    @Test
    void aPendingTriggerStartsAtOnce() {
      at.now("09:45:00").plan(1).pending(1, MANUAL).expect(start(ONE, MANUAL));
      at.clear();
      at.plan(1).pending(1, CHANGE).expect(start(ONE, CHANGE, t("09:45:00")));
      at.clear();
      at.plan(1).pending(1, ENTER).expect(start(ONE, ENTER, t("09:45:00")));
    }

    @Test
    void itStartsOnlyWithTheAssignmentThatItBelongsTo() {
      for (Trigger trigger : List.of(CHANGE, ENTER, MANUAL)) {
        at.now("09:45:00").plan(1).pendingOfAnotherRevision(1, trigger).expect();
        at.clear();
      }
    }

    @Test
    void itMayStartUpToNotAfter() {
      for (Trigger trigger : List.of(CHANGE, ENTER, MANUAL)) {
        at.now("09:45:00").plan(1).pending(1, trigger, "09:45:00");
        assertEquals(1, at.decide().actions().size());
        at.clear();
        at.plan(1).pending(1, trigger, "09:44:59.999").expect();
        at.clear();
      }
    }

    @Test
    void itDoesNotStartIfTheLedgerKnowsItOrItIsCancelled() {
      for (Trigger trigger : List.of(CHANGE, ENTER, MANUAL)) {
        at.now("09:45:00").plan(1).knows(trigger).pending(1, trigger).expect();
        at.clear();
        at.plan(1).pending(1, trigger).cancel(1, trigger).expect();
        at.clear();
      }
    }

    @Test
    void itDoesNotStartWhileItsAssociationIsNotHeld() {
      at.now("09:45:00").pending(1, CHANGE).expect();
    }

    @Test
    void ofChangesAndEntriesOnlyTheNewestStarts() {
      at.now("09:45:00")
          .plan(1)
          .pending(1, CHANGE)
          .pending(1, ENTER)
          .expect(start(ONE, ENTER, t("09:45:00")));
    }

    @Test
    void anOlderChangeThanOneThatWasStartedDoesNotStart() {
      at.now("09:45:00").plan(1).knows(ENTER).pending(1, CHANGE).expect();
      at.clear();
      at.plan(1).knows(CHANGE).pending(1, ENTER).expect(start(ONE, ENTER, t("09:45:00")));
      at.clear();
      at.plan(1)
          .knows(ENTER)
          .pending(1, new Trigger.Change(2, 1))
          .expect(start(ONE, new Trigger.Change(2, 1), t("09:45:00")));
    }

    @Test
    void withOnlyTicksOrDisabledAManualStartStillWorksAndChangesDoNot() {
      at.now("09:45:00").plan(1).onlyTicks().pending(1, CHANGE).expect();
      at.clear();
      at.plan(1).onlyTicks().pending(1, MANUAL).expect(start(ONE, MANUAL));
      at.clear();
      at.plan(1).disabled().pending(1, ENTER).expect();
      at.clear();
      at.plan(1).disabled().pending(1, MANUAL).expect(start(ONE, MANUAL));
    }

    @Test
    void aChangeOrEntryHandlesAllTicksUpToItsStartAlsoMissedOnes() {
      at.now("12:00:00")
          .awakeSince("11:30:00")
          .plan(1)
          .pending(1, CHANGE)
          .expect(start(ONE, CHANGE, t("12:00:00")));
    }

    @Test
    void whileAChangeWaitsNoTickStarts() {
      at.now("10:00:00").plan(1).pending(1, ENTER).plan(2).plan(3);
      at.running(4, MANUAL).running(5, MANUAL).expect();

      List<Waiting> queue = at.decide().queue();
      assertTrue(queue.contains(new Waiting(ONE, ENTER, Waiting.Reason.HOST_SLOT)));
    }

    @Test
    void aChangeThatCannotStartDoesNotHoldTicksBack() {
      at.now("10:00:00")
          .plan(1)
          .pendingOfAnotherRevision(1, CHANGE)
          .expect(start(ONE, tick("10:00:00")));
    }

    @Test
    void aManualStartHandlesNoTicksAndLetsThemGoFirst() {
      at.now("10:00:00").plan(1).pending(1, MANUAL).expect(start(ONE, tick("10:00:00")));
    }

    @Test
    void ofManualStartsTheOneThatExpiresFirstGoesFirst() {
      Trigger other = new Trigger.Manual("4b");
      at.now("09:45:00")
          .plan(1)
          .pending(1, other, "11:00:00")
          .pending(1, MANUAL, "10:59:59")
          .expect(start(ONE, MANUAL));
    }

    @Test
    void aSplayDelaysAChangeFromWhenItWasNoticed() {
      Delay delay = new Delay(CHANGE, t("09:50:00"));
      at.now("09:45:00").plan(1).splay(Duration.ofMinutes(5)).pending(1, CHANGE);
      expect(new Action.Defer(ONE, delay));
      assertEquals(Optional.of(t("09:50:00")), at.decide().wake());

      at.now("09:49:59.999").plan(1).splay(Duration.ofMinutes(5)).waiting(delay).expect();
      at.now("09:50:00").plan(1).splay(Duration.ofMinutes(5)).waiting(delay);
      expect(start(ONE, CHANGE, t("09:50:00")));
    }

    @Test
    void theDelayOfAnEarlierChangeIsNotThatOfALaterOne() {
      at.now("09:45:00")
          .plan(1)
          .splay(Duration.ofMinutes(5))
          .waiting(new Delay(new Trigger.Change(1, 3), t("09:45:00")))
          .pending(1, CHANGE)
          .expect(new Action.Defer(ONE, new Delay(CHANGE, t("09:50:00"))));
    }

    @Test
    void aSplayNeverDelaysEntriesAndManualStarts() {
      at.now("09:45:00").plan(1).splay(Duration.ofMinutes(5)).pending(1, ENTER);
      expect(start(ONE, ENTER, t("09:45:00")));
      at.clear();
      at.plan(1).splay(Duration.ofMinutes(5)).pending(1, MANUAL).expect(start(ONE, MANUAL));
    }
  }

  @Nested
  final class CancellingTest {

    @Test
    void aRunThatIsCancelledIsEndedOnce() {
      at.now("10:30:00").plan(1).knows(tick("10:00:00")).running(1, tick("10:00:00"));
      at.cancel(1, tick("10:00:00")).expect(new Action.Cancel(ONE, tick("10:00:00")));
      at.clear();
      at.ending(1, tick("10:00:00")).cancel(1, tick("10:00:00")).expect();
    }

    @Test
    void itIsEndedAlsoIfItsAssociationIsNotHeldAnyMore() {
      at.now("10:30:00").running(1, CHANGE).cancel(1, CHANGE);
      expect(new Action.Cancel(ONE, CHANGE));
    }

    @Test
    void theSameTriggerOfAnotherAssociationGoesOn() {
      at.now("10:30:00").running(1, CHANGE).cancel(2, CHANGE).expect();
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
      expect(start(ONE, tick("10:00:00")));
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
      at.handledThrough(t("10:00:00").plus(Limits.CLOCK_BACK)).expect();
    }

    @Test
    void aClockThatIsFurtherBehindIsBelieved() {
      at.now("10:00:00").plan(1);
      at.handledThrough(t("10:00:00").plus(Limits.CLOCK_BACK).plusMillis(1));
      expect(new Action.Rebase(ONE, t("10:00:00")));
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
      at.waiting(new CatchUp(t("10:00:00"), 1, t("10:30:00").plus(Limits.CLOCK_BACK))).expect();
      at.plan(1).handledThrough("10:00:00");
      at.waiting(
          new CatchUp(t("10:00:00"), 1, t("10:30:00").plus(Limits.CLOCK_BACK).plusMillis(1)));
      expect(catchUp("10:00:00", 1));
    }

    @Test
    void aCatchUpDoesNotStartBeforeItsOwnTick() {
      at.now("09:45:00").plan(1).handledThrough("10:00:00");
      at.waiting(new CatchUp(t("10:00:00"), 1, t("09:40:00"))).expect();
      assertEquals(Optional.of(t("10:00:00")), at.decide().wake());
    }
  }

  @Nested
  final class AgainTest {
    private final Again again =
        new Again(CHANGE, 2, false, 0, Instant.parse("2026-03-02T09:40:00Z"));

    private Action started(Again what) {
      return new Action.Start(
          ONE,
          what.trigger(),
          what.attempt(),
          what.caughtUp(),
          what.missedTicks(),
          Optional.empty());
    }

    @Test
    void aRunWhoseEndNobodySawStartsAgainIfTheAssociationSaysSo() {
      at.now("09:45:00").plan(1).rerun().knows(CHANGE).waiting(again).expect(started(again));
      at.plan(1).knows(CHANGE).waiting(again).expect();
    }

    @Test
    void itIsTriedAsOftenAsAllowed() {
      Again last = new Again(CHANGE, Limits.MAX_ATTEMPTS, false, 0, again.since());
      Again more = new Again(CHANGE, Limits.MAX_ATTEMPTS + 1, false, 0, again.since());
      at.now("09:45:00").plan(1).rerun().waiting(last).expect(started(last));
      at.plan(1).rerun().waiting(more).expect();
    }

    @Test
    void aNewerTriggerGoesFirst() {
      at.now("10:00:00").plan(1).rerun().waiting(again).expect(start(ONE, tick("10:00:00")));
      at.now("09:45:00").plan(1).rerun().waiting(again).pending(1, ENTER);
      expect(start(ONE, ENTER, t("09:45:00")));
    }

    @Test
    void aManualStartDoesNot() {
      at.now("09:45:00").plan(1).rerun().waiting(again).pending(1, MANUAL);
      expect(started(again));
    }

    @Test
    void itIsGivenUpWhenCancelledTooOldOrDisabled() {
      at.now("09:45:00").plan(1).rerun().waiting(again).cancel(1, CHANGE).expect();
      at.clear();
      at.plan(1).rerun().disabled().waiting(again).expect();
      Again manual = new Again(MANUAL, 2, false, 0, again.since());
      at.plan(1).rerun().disabled().waiting(manual).expect(started(manual));
      at.now(again.since().plus(Limits.CATCH_UP)).plan(1).schedule("").rerun().waiting(again);
      expect(started(again));
      at.now(again.since().plus(Limits.CATCH_UP).plusMillis(1)).plan(1).schedule("").rerun();
      at.waiting(again).expect();
    }
  }

  @Test
  void theWakeIsTheEarliestOfAll() {
    at.now("09:45:00").plan(1).plan(2).schedule("rate(7 minutes)").plan(3).disabled();

    assertEquals(Optional.of(t("09:48:00")), at.decide().wake());
    assertTrue(at.decide().wake().orElseThrow().isAfter(t("09:45:00")));
  }
}

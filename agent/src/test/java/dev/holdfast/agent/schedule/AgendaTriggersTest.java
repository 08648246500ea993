package dev.holdfast.agent.schedule;

import static dev.holdfast.agent.schedule.Expected.CHANGE;
import static dev.holdfast.agent.schedule.Expected.ENTER;
import static dev.holdfast.agent.schedule.Expected.MANUAL;
import static dev.holdfast.agent.schedule.Expected.ONE;
import static dev.holdfast.agent.schedule.Expected.start;
import static dev.holdfast.agent.schedule.Expected.t;
import static dev.holdfast.agent.schedule.Expected.tick;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.schedule.Past.Again;
import dev.holdfast.agent.schedule.Past.Delay;
import dev.holdfast.association.Trigger;
import dev.holdfast.task.RunLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * The rules of triggers that are no ticks, of cancelling, and of further attempts. Both sides of
 * each boundary. Unless a case says otherwise, the association recurs at every full hour, came in
 * at 09:30, and the agent has been up and awake since.
 */
final class AgendaTriggersTest {
  private final SituationSample at = new SituationSample();

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
      at.expect(new Action.Defer(ONE, delay));
      assertEquals(Optional.of(t("09:50:00")), at.decide().wake());

      at.now("09:49:59.999").plan(1).splay(Duration.ofMinutes(5)).waiting(delay).expect();
      at.now("09:50:00").plan(1).splay(Duration.ofMinutes(5)).waiting(delay);
      at.expect(start(ONE, CHANGE, t("09:50:00")));
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
      at.expect(start(ONE, ENTER, t("09:45:00")));
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
      at.expect(new Action.Cancel(ONE, CHANGE));
    }

    @Test
    void theSameTriggerOfAnotherAssociationGoesOn() {
      at.now("10:30:00").running(1, CHANGE).cancel(2, CHANGE).expect();
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
          Optional.empty(),
          Optional.empty());
    }

    @Test
    void aRunWhoseEndNobodySawStartsAgainIfTheAssociationSaysSo() {
      at.now("09:45:00").plan(1).rerun().knows(CHANGE).waiting(again).expect(started(again));
      at.plan(1).knows(CHANGE).waiting(again).expect();
    }

    @Test
    void itIsTriedAsOftenAsAllowed() {
      Again last = new Again(CHANGE, RunLimits.MAX_ATTEMPTS, false, 0, again.since());
      Again more = new Again(CHANGE, RunLimits.MAX_ATTEMPTS + 1, false, 0, again.since());
      at.now("09:45:00").plan(1).rerun().waiting(last).expect(started(last));
      at.plan(1).rerun().waiting(more).expect();
    }

    @Test
    void aNewerTriggerGoesFirst() {
      at.now("10:00:00").plan(1).rerun().waiting(again).expect(start(ONE, tick("10:00:00")));
      at.now("09:45:00").plan(1).rerun().waiting(again).pending(1, ENTER);
      at.expect(start(ONE, ENTER, t("09:45:00")));
    }

    @Test
    void aManualStartDoesNot() {
      at.now("09:45:00").plan(1).rerun().waiting(again).pending(1, MANUAL);
      at.expect(started(again));
    }

    @Test
    void itIsGivenUpWhenCancelledTooOldOrDisabled() {
      at.now("09:45:00").plan(1).rerun().waiting(again).cancel(1, CHANGE).expect();
      at.clear();
      at.plan(1).rerun().disabled().waiting(again).expect();
      Again manual = new Again(MANUAL, 2, false, 0, again.since());
      at.plan(1).rerun().disabled().waiting(manual).expect(started(manual));
      at.now(again.since().plus(RunLimits.CATCH_UP)).plan(1).schedule("").rerun().waiting(again);
      at.expect(started(again));
      at.now(again.since().plus(RunLimits.CATCH_UP).plusMillis(1)).plan(1).schedule("").rerun();
      at.waiting(again).expect();
    }
  }
}

package dev.holdfast.agent.schedule;

import static dev.holdfast.agent.schedule.Expected.CHANGE;
import static dev.holdfast.agent.schedule.Expected.ENTER;
import static dev.holdfast.agent.schedule.Expected.MANUAL;
import static dev.holdfast.agent.schedule.Expected.ONE;
import static dev.holdfast.agent.schedule.Expected.catchUp;
import static dev.holdfast.agent.schedule.Expected.missed;
import static dev.holdfast.agent.schedule.Expected.skip;
import static dev.holdfast.agent.schedule.Expected.start;
import static dev.holdfast.agent.schedule.Expected.t;
import static dev.holdfast.agent.schedule.Expected.tick;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.agent.schedule.Action.Reason;
import dev.holdfast.association.Trigger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * Closed calendars, the freeze, and executions that are over. Unless a case says otherwise, the
 * association recurs at every full hour, came in at 09:30, and the agent has been up and awake
 * since.
 */
final class AgendaGateTest {
  private static final String CLOSED = "closed is the calendar nights";
  private static final String FROZEN = "frozen by ann: the move";

  private final SituationSample at = new SituationSample();

  private static Action shut(String tick, Reason reason, int ticks, String why) {
    return new Action.Skip(ONE, t(tick), reason, ticks, why);
  }

  private void expectWaiting(Trigger trigger, Waiting.Reason reason, String wake) {
    Decision decision = at.decide();
    assertEquals(List.of(new Waiting(ONE, trigger, reason)), decision.queue());
    assertEquals(Optional.of(t(wake)), decision.wake());
  }

  @Nested
  final class CalendarsTest {

    @Test
    void aTickUnderAClosedCalendarIsSkippedWithItsName() {
      at.now("10:00:00").plan(1).closed("nights", "10:00:00", "10:30:00");
      at.expect(shut("10:00:00", Reason.CALENDAR_CLOSED, 1, CLOSED));
    }

    @Test
    void aTickAtTheEndOfAnEventStarts() {
      at.now("10:00:00").plan(1).closed("nights", "09:00:00", "10:00:00");
      at.expect(start(ONE, tick("10:00:00")));
    }

    @Test
    void allClosedCalendarsAreNamed() {
      at.now("10:00:00").plan(1).closed("nights", "10:00:00", "10:30:00");
      at.closed("days", "10:30:00", "11:00:00").closed("more", "09:00:00", "10:10:00");
      at.expect(
          shut("10:00:00", Reason.CALENDAR_CLOSED, 1, "closed are the calendars nights, more"));
    }

    @Test
    void aTickCountsByItsOwnInstantEvenIfItsSplayEndsWhenTheCalendarIsOpen() {
      at.now("10:05:00").plan(1).splay(Duration.ofMinutes(5));
      at.closed("nights", "09:59:00", "10:01:00");
      at.expect(shut("10:00:00", Reason.CALENDAR_CLOSED, 1, CLOSED));
    }

    @Test
    void aTickWhoseTurnComesUnderAClosedCalendarIsSkipped() {
      at.now("10:05:00").plan(1).splay(Duration.ofMinutes(5));
      at.closed("nights", "10:03:00", "10:30:00");
      at.expect(shut("10:00:00", Reason.CALENDAR_CLOSED, 1, CLOSED));
    }

    @Test
    void aTickThatWaitsForASlotIsWokenForWhenTheCalendarCloses() {
      at.now("10:00:00").plan(1).closed("nights", "10:10:00", "10:30:00");
      at.running(2, tick("10:00:00")).running(3, tick("10:00:00"));
      expectWaiting(tick("10:00:00"), Waiting.Reason.HOST_SLOT, "10:10:00");

      at.now("10:10:00");
      at.expect(shut("10:00:00", Reason.CALENDAR_CLOSED, 1, CLOSED));
    }

    @Test
    void anOlderTickIsSupersededByANewerOneThatIsSkipped() {
      at.now("11:05:00").plan(1).splay(Duration.ofMinutes(5));
      at.closed("nights", "10:58:00", "11:02:00");
      at.expect(
          skip("10:00:00", Reason.SUPERSEDED, 1),
          shut("11:00:00", Reason.CALENDAR_CLOSED, 1, CLOSED));
    }

    @Test
    void aCatchUpTakesTheNewestMissedTickThatWasNotUnderAClosedCalendar() {
      at.now("12:30:00").awakeSince("12:30:00").plan(1).closed("nights", "11:30:00", "12:15:00");
      at.expect(
          missed("11:00:00", 2, "12:30:00"),
          shut("12:00:00", Reason.CALENDAR_CLOSED, 1, CLOSED),
          catchUp("11:00:00", 2));
    }

    @Test
    void aCatchUpWaitsUntilTheCalendarOpens() {
      at.now("10:30:00").awakeSince("10:30:00").plan(1).closed("nights", "10:20:00", "10:40:00");
      at.expect(missed("10:00:00", 1, "10:30:00"));
      expectWaiting(tick("10:00:00"), Waiting.Reason.CALENDAR_CLOSED, "10:40:00");

      at.now("10:40:00").plan(1).closed("nights", "10:20:00", "10:40:00");
      at.handledThrough("10:00:00");
      at.waiting(new Past.CatchUp(t("10:00:00"), 1, t("10:30:00")));
      at.expect(catchUp("10:00:00", 1));
    }

    @Test
    void missedTicksThatAreAllUnderAClosedCalendarAreSkippedAsOne() {
      at.now("12:30:00").awakeSince("12:30:00").plan(1).closed("nights", "09:45:00", "12:15:00");
      at.expect(shut("12:00:00", Reason.CALENDAR_CLOSED, 3, CLOSED));
    }

    @Test
    void aChangeWaitsUntilTheCalendarOpensAndThenHandlesAllTicks() {
      at.now("09:40:00").plan(1).closed("nights", "09:35:00", "10:15:00").pending(1, CHANGE);
      at.expect();
      expectWaiting(CHANGE, Waiting.Reason.CALENDAR_CLOSED, "10:00:00");

      at.now("10:00:00").expect(shut("10:00:00", Reason.CALENDAR_CLOSED, 1, CLOSED));
      at.now("10:15:00").expect(start(ONE, CHANGE, t("10:15:00")));
    }

    @Test
    void anEnterWaitsUntilTheCalendarOpens() {
      at.now("09:40:00").plan(1).closed("nights", "09:35:00", "09:50:00").pending(1, ENTER);
      expectWaiting(ENTER, Waiting.Reason.CALENDAR_CLOSED, "09:50:00");
      at.now("09:50:00").expect(start(ONE, ENTER, t("09:50:00")));
    }

    @Test
    void aManualStartWaitsUnlessItIgnoresCalendars() {
      at.now("09:40:00").plan(1).closed("nights", "09:35:00", "09:50:00").pending(1, MANUAL);
      expectWaiting(MANUAL, Waiting.Reason.CALENDAR_CLOSED, "09:50:00");

      Trigger.Manual whatever = new Trigger.Manual("6b");
      at.pendingWhatever(1, whatever).expect(start(ONE, whatever));
    }

    @Test
    void anotherAttemptWaitsToo() {
      at.now("09:40:00").plan(1).closed("nights", "09:35:00", "09:50:00").rerun();
      at.waiting(new Past.Again(CHANGE, 2, false, 0, t("09:30:00")));
      expectWaiting(CHANGE, Waiting.Reason.CALENDAR_CLOSED, "09:50:00");
    }

    @Test
    void aTickUnderAClosedCalendarThatFindsARunIsSkippedForTheCalendar() {
      at.now("10:00:00").plan(1).closed("nights", "09:59:00", "10:30:00").running(1, CHANGE);
      at.expect(shut("10:00:00", Reason.CALENDAR_CLOSED, 1, CLOSED));
    }

    @Test
    void theNextRunIsTheFirstTickThatGetsThrough() {
      at.now("09:40:00").plan(1).closed("nights", "09:45:00", "12:00:00");
      assertEquals(t("12:00:00"), at.decide().nextRuns().get(ONE));
      assertEquals(Optional.of(t("10:00:00")), at.decide().wake(), "to tell of the skipped one");

      at.now("09:40:00").plan(1).calendar("never", "X-CALENDAR-TYPE:DEFAULT_CLOSED");
      assertEquals(null, at.decide().nextRuns().get(ONE));
    }
  }

  @Nested
  final class FreezeTest {

    @Test
    void aTickInAFreezeIsSkipped() {
      at.now("10:00:00").plan(1).frozen("09:45:00", "11:00:00");
      at.expect(shut("10:00:00", Reason.FROZEN, 1, FROZEN));
      at.now("11:00:00").handledThrough("10:00:00").expect(start(ONE, tick("11:00:00")));
    }

    @Test
    void whoeverWasOffDoesNotMakeUpForTheTicksOfAFreezeThatIsOver() {
      at.now("12:30:00").awakeSince("12:30:00").plan(1).frozen("09:45:00", "12:15:00");
      at.expect(shut("12:00:00", Reason.FROZEN, 3, FROZEN));
    }

    @Test
    void aChangeWaitsForItsEndAndAManualStartGoesOn() {
      at.now("09:40:00").plan(1).frozen("09:35:00", "09:50:00").pending(1, CHANGE);
      expectWaiting(CHANGE, Waiting.Reason.FROZEN, "09:50:00");
      at.pending(1, MANUAL).expect(start(ONE, MANUAL));
    }

    @Test
    void aClosedCalendarIsToldBeforeTheFreeze() {
      at.now("10:00:00").plan(1).frozen("09:45:00", "11:00:00");
      at.closed("nights", "09:59:00", "10:30:00");
      at.expect(shut("10:00:00", Reason.CALENDAR_CLOSED, 1, CLOSED));
    }
  }

  @Nested
  final class DurationTest {

    @Test
    void aTickStartsWithItsEnd() {
      at.now("10:00:00").plan(1).lasts(Duration.ofHours(1));
      at.expect(
          new Action.Start(
              ONE,
              tick("10:00:00"),
              1,
              false,
              0,
              Optional.of(t("10:00:00")),
              Optional.of(t("11:00:00"))));
    }

    @Test
    void aTickWhoseExecutionIsOverVanishes() {
      at.now("13:30:00").awakeSince("13:30:00").plan(1).schedule("cron(0 10 * * ? *)");
      at.lasts(Duration.ofHours(3)).expect();
      at.now("12:59:59").awakeSince("12:59:59");
      assertEquals(2, at.decide().actions().size(), "missed, and made up for");

      at.now("13:00:00").handledThrough("10:00:00");
      at.waiting(new Past.CatchUp(t("10:00:00"), 1, t("12:59:59"))).expect();
    }

    @Test
    void aPendingTriggerVanishesWhenItsExecutionIsOver() {
      at.now("09:40:00").plan(1).pendingUntil(1, MANUAL, "09:41:00");
      assertEquals(1, at.decide().actions().size());
      at.now("09:41:00").expect();
    }

    @Test
    void aRunIsEndedWhenItsExecutionIsOver() {
      at.now("09:40:00").plan(1).runningUntil(1, MANUAL, "09:41:00").expect();
      assertEquals(Optional.of(t("09:41:00")), at.decide().wake());
      at.now("09:41:00").expect(new Action.Cancel(ONE, MANUAL));
    }

    @Test
    void aRunOfAnAssociationThatIsNoLongerHeldIsEndedToo() {
      at.now("09:41:00").runningUntil(1, MANUAL, "09:41:00").expect(new Action.Cancel(ONE, MANUAL));
    }
  }
}

package dev.holdfast.agent.schedule;

import static dev.holdfast.agent.schedule.Expected.ONE;
import static dev.holdfast.agent.schedule.Expected.catchUp;
import static dev.holdfast.agent.schedule.Expected.missed;
import static dev.holdfast.agent.schedule.Expected.skip;
import static dev.holdfast.agent.schedule.Expected.start;
import static dev.holdfast.agent.schedule.Expected.t;
import static dev.holdfast.agent.schedule.Expected.tick;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.agent.schedule.Action.Reason;
import dev.holdfast.agent.schedule.Past.CatchUp;
import dev.holdfast.task.RunLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * The rules of ticks, on time and missed. Both sides of each boundary. Unless a case says
 * otherwise, the association recurs at every full hour, came in at 09:30, and the agent has been up
 * and awake since.
 */
final class AgendaTicksTest {
  private final SituationSample at = new SituationSample();

  @Nested
  final class TicksTest {

    @Test
    void aTickStartsAtItsInstant() {
      at.now("10:00:00").plan(1).expect(start(ONE, tick("10:00:00")));
    }

    @Test
    void beforeItsInstantItIsWokenFor() {
      at.now("09:59:59.999").plan(1);

      at.expect();
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
      at.expect(start(ONE, tick("10:15:00")));

      at.now("10:15:01").plan(1).schedule("at(2026-03-02T10:15:00)").knows(tick("10:15:00"));
      at.expect();
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
      Instant now = t("10:00:00").plus(RunLimits.CATCH_UP);
      at.now(now).awakeSince(now).plan(1).schedule("at(2026-03-02T10:00:00)");
      assertEquals(2, at.decide().actions().size(), "exactly as old as the limit");

      at.now(now.plusMillis(1)).awakeSince(now.plusMillis(1)).plan(1);
      at.schedule("at(2026-03-02T10:00:00)").expect();
    }

    @Test
    void aCatchUpWaitsForItsSplayFromWhenItWasNoticed() {
      at.now("10:30:00").awakeSince("10:29:00").plan(1).splay(Duration.ofMinutes(5));
      at.expect(missed("10:00:00", 1, "10:35:00"));
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
      at.expect(catchUp("10:00:00", 1));

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
}

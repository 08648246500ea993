package dev.holdfast.agent.schedule;

import static dev.holdfast.agent.testing.Samples.association;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.agent.schedule.Permits.Contact;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Runs that need a permit: when they ask, start, wait and are given up. */
final class AgendaPermitTest {
  private static final AssociationId ONE = association(1);
  private static final Trigger TICK = new Trigger.Tick(Expected.t("10:00:00"));
  private static final Trigger CHANGE = new Trigger.Change(1, 5);
  private static final Trigger MANUAL = new Trigger.Manual("7");

  private final SituationSample at =
      new SituationSample().now("10:00:00").awakeSince("09:40:00").plan(1).needsPermit();

  private static Waiting waits(Trigger trigger, Waiting.Reason reason) {
    return new Waiting(ONE, trigger, reason);
  }

  @Test
  void whoCouldStartNowAsksAndStartsNothing() {
    at.expect();

    assertEquals(List.of(waits(TICK, Waiting.Reason.PERMIT)), at.decide().asks());
  }

  @Test
  void whoIsGrantedStartsAndAsksNoMore() {
    at.granted(1, TICK);

    at.expect(
        new Action.Start(
            ONE, TICK, 1, false, 0, Optional.of(Expected.t("10:00:00")), Optional.empty()));
    assertEquals(List.of(), at.decide().asks());
  }

  @Test
  void aGrantForAnotherTriggerIsNone() {
    at.granted(1, new Trigger.Tick(Expected.t("09:00:00")));

    at.expect();
    assertEquals(List.of(waits(TICK, Waiting.Reason.PERMIT)), at.decide().asks());
  }

  @Test
  void withoutASlotOfTheHostNobodyAsksAndAGrantIsGivenBack() {
    at.running(5, MANUAL).running(6, MANUAL).granted(1, TICK);

    at.expect();
    assertEquals(List.of(), at.decide().asks());
    assertEquals(List.of(waits(TICK, Waiting.Reason.HOST_SLOT)), at.decide().queue());
  }

  @Test
  void aNewerTickTakesThePlaceOfOneThatWaits() {
    at.now("11:00:00");

    at.expect(Expected.skip("10:00:00", Action.Reason.SUPERSEDED, 1));
    assertEquals(
        List.of(waits(new Trigger.Tick(Expected.t("11:00:00")), Waiting.Reason.PERMIT)),
        at.decide().asks());
  }

  @Test
  void whatIsSupersededElsewhereIsReportedAsSkipped() {
    at.superseded(1, TICK);

    at.expect(new Action.Supersede(ONE, TICK));
    assertEquals(List.of(), at.decide().asks());
  }

  @Test
  void whatWasStoppedDoesNotStartAlsoIfItWasGranted() {
    at.stop(1, TICK).granted(1, TICK);

    at.expect(new Action.Handled(ONE, Expected.t("10:00:00")));
    assertEquals(List.of(), at.decide().queue());
  }

  @Test
  void aStoppedChangeLetsTheTicksComeAndRunsOfItGoOn() {
    at.pending(1, CHANGE).stop(1, CHANGE);
    assertEquals(List.of(waits(TICK, Waiting.Reason.PERMIT)), at.decide().asks());

    at.running(1, CHANGE).now("10:00:00");
    assertEquals(
        List.of(Expected.skip("10:00:00", Action.Reason.STILL_RUNNING, 1)), at.decide().actions());
  }

  @Test
  void withoutTheCoordinatorATickIsAMissedOneThatIsAskedForAtOnce() {
    at.contact(Contact.AWAY);

    at.expect(new Action.Miss(ONE, new Past.CatchUp(Expected.t("10:00:00"), 1, at.moment())));
    assertEquals(List.of(waits(TICK, Waiting.Reason.PERMIT)), at.decide().asks());
  }

  @Test
  void missedTicksAddUpAndOneRunMakesUpForThem() {
    at.waiting(new Past.CatchUp(Expected.t("10:00:00"), 2, Expected.t("10:00:00")))
        .handledThrough("10:00:00")
        .now("11:00:00")
        .contact(Contact.CUT_OFF);
    at.expect(
        new Action.Miss(ONE, new Past.CatchUp(Expected.t("11:00:00"), 3, Expected.t("10:00:00"))));

    at.waiting(new Past.CatchUp(Expected.t("11:00:00"), 3, Expected.t("10:00:00")))
        .handledThrough("11:00:00")
        .now("11:10:00")
        .contact(Contact.LINKED)
        .granted(1, new Trigger.Tick(Expected.t("11:00:00")));
    at.expect(
        new Action.Start(
            ONE,
            new Trigger.Tick(Expected.t("11:00:00")),
            1,
            true,
            3,
            Optional.of(Expected.t("11:00:00")),
            Optional.empty()));
  }

  @Test
  void whoMayRunAloneDoesOnceItIsCutOffAndNotBefore() {
    at.runsOffline().contact(Contact.AWAY);
    at.expect();

    at.contact(Contact.CUT_OFF);
    at.expect(
        new Action.Start(
            ONE, TICK, 1, false, 0, Optional.of(Expected.t("10:00:00")), Optional.empty()));
  }

  @Test
  void changesAndManualStartsWaitForTheCoordinator() {
    for (Trigger trigger : List.of(CHANGE, MANUAL)) {
      SituationSample other =
          new SituationSample()
              .now("09:50:00")
              .awakeSince("09:40:00")
              .plan(1)
              .needsPermit()
              .contact(Contact.CUT_OFF)
              .pending(1, trigger);

      other.expect();
      assertEquals(List.of(waits(trigger, Waiting.Reason.PERMIT)), other.decide().asks());
    }
  }

  @Test
  void anotherAttemptAsksTooAndIsNeverSupersededButStopped() {
    SituationSample again =
        new SituationSample()
            .now("09:50:00")
            .awakeSince("09:40:00")
            .plan(1)
            .needsPermit()
            .rerun()
            .knows(MANUAL)
            .waiting(new Past.Again(MANUAL, 2, false, 0, Expected.t("09:45:00")))
            .superseded(1, MANUAL);
    again.expect();
    assertEquals(List.of(waits(MANUAL, Waiting.Reason.PERMIT)), again.decide().asks());

    again.granted(1, MANUAL);
    again.expect(new Action.Start(ONE, MANUAL, 2, false, 0, Optional.empty(), Optional.empty()));

    again.stop(1, MANUAL);
    again.expect();
    assertEquals(List.of(), again.decide().queue());
  }
}

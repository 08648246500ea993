package dev.holdfast.agent;

import static dev.holdfast.agent.testing.Samples.assignment;
import static dev.holdfast.agent.testing.Samples.association;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.testing.Samples;
import dev.holdfast.agent.testing.Samples.Rate;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.assignment.Generation;
import dev.holdfast.association.Identity;
import dev.holdfast.association.Trigger;
import dev.holdfast.permit.Permit.Verdict;
import dev.holdfast.permit.PermitRequest;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.RunLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * An agent and its permits, with its disk in memory and a coordinator that says what a test says.
 */
final class PermitDeskTest {
  private static final Trigger CHANGE = new Trigger.Change(1, 5);
  private static final Trigger NEWER = new Trigger.Change(1, 6);
  private static final Samples LIMITED = assignment(1).limited(Rate.WAIT);

  private final Host host = new Host("2026-03-02T09:30:00Z");

  private PermitRequest said() {
    return host.requests.getLast();
  }

  private List<Trigger> asked() {
    return said().asked().stream().map(PermitRequest.Ask::trigger).toList();
  }

  private List<PermitRequest.Hold> holds(Trigger trigger, boolean running) {
    return List.of(new PermitRequest.Hold(association(1), trigger, running));
  }

  private List<String> reported() {
    return host.spool.stream()
        .map(run -> run.trigger().text() + " " + run.detailedStatus())
        .toList();
  }

  @Test
  void aRunIsAskedForThenStartedThenHeldUntilItsEnd() {
    host.start().link().push(host.set(5, List.of(LIMITED), CHANGE));
    assertEquals(List.of(), host.starts());
    assertEquals(List.of(CHANGE), asked());

    host.grant(1, CHANGE);
    assertEquals(List.of("change:1.5"), host.starts());
    assertEquals(List.of(), asked());
    assertEquals(holds(CHANGE, true), said().held());

    host.end(1, RunStatus.SUCCESS).advance(Duration.ZERO);
    assertEquals(List.of(), said().held());
  }

  @Test
  void whatIsAskedForIsAskedForAgainWithHowLongItWaits() {
    host.start().link().push(host.set(5, List.of(LIMITED), CHANGE));
    int before = host.requests.size();

    host.advance(RunLimits.PERMIT_ASK_AGAIN.multipliedBy(4));

    assertEquals(before + 4, host.requests.size());
    assertEquals(RunLimits.PERMIT_ASK_AGAIN.multipliedBy(4), said().asked().getFirst().waited());
  }

  @Test
  void aGrantIsGoodForAMinuteFromTheRequestThatItAnswers() {
    host.start().link().push(host.set(5, List.of(LIMITED), CHANGE));

    host.advance(RunLimits.PERMIT_ASK_AGAIN.multipliedBy(3)).permit(1, CHANGE, Verdict.GRANTED, 3);
    assertEquals(List.of(), host.starts(), "75 s old");

    host.permit(1, CHANGE, Verdict.GRANTED, 2);
    assertEquals(List.of("change:1.5"), host.starts(), "50 s old");
  }

  @Test
  void aGrantForWhatIsNotAskedForAnyMoreStartsNothing() {
    host.start().link().push(host.set(5, List.of(LIMITED), CHANGE));

    host.push(host.set(6, List.of(LIMITED), NEWER)).permit(1, CHANGE, Verdict.GRANTED, 1);
    assertEquals(List.of(), host.starts());
    host.permit(1, NEWER, Verdict.GRANTED, 1);
    assertEquals(List.of(), host.starts(), "the request that it answers did not name it");

    host.grant(1, NEWER);
    assertEquals(List.of("change:1.6"), host.starts());
  }

  @Test
  void withTheLinkGoWhatWasGrantedOnItAndWhatWasOnItsWay() {
    host.start().link().push(host.set(5, List.of(LIMITED), CHANGE));
    host.unlink().permit(1, CHANGE, Verdict.GRANTED, 0);
    host.link();
    assertEquals(List.of(CHANGE), asked(), "the hello asks anew");

    host.permit(1, CHANGE, Verdict.GRANTED, 1);
    assertEquals(List.of(), host.starts());
    host.grant(1, CHANGE);
    assertEquals(List.of("change:1.5"), host.starts());
  }

  @Test
  void afterARestartTheFirstHelloNamesWhatIsHeld() {
    host.start().link().push(host.set(5, List.of(LIMITED), CHANGE)).grant(1, CHANGE);

    host.restartAfter(Duration.ofMinutes(1)).link();

    assertEquals(holds(CHANGE, true), said().held());
    assertEquals(List.of(), asked());
  }

  @Test
  void anInterruptedRunIsHeldAndAsksForItsNextAttempt() {
    host.start().link().push(host.set(5, List.of(LIMITED.rerunOnInterrupt()), CHANGE));
    host.grant(1, CHANGE).end(1, RunStatus.INTERRUPTED).advance(Duration.ZERO);

    assertEquals(holds(CHANGE, false), said().held());
    assertEquals(List.of(CHANGE), asked());
    assertEquals(1, host.starts().size());

    host.grant(1, CHANGE);
    assertEquals(2, host.starts().size());
  }

  @Test
  void whatIsSupersededIsReportedSoOnce() {
    host.start().link().push(host.set(5, List.of(LIMITED), CHANGE));

    host.permit(1, CHANGE, Verdict.SUPERSEDED, 0);
    host.restartAfter(Duration.ofMinutes(1)).link().push(host.set(6, List.of(LIMITED), CHANGE));

    assertEquals(List.of("change:1.5 Superseded"), reported());
    assertEquals(List.of(), asked());
  }

  @Test
  void anExecutionThatWasStoppedIsNotAskedForAnyMoreAndItsAttemptsEnd() {
    host.start().link().push(host.set(5, List.of(LIMITED.rerunOnInterrupt()), CHANGE));
    host.grant(1, CHANGE).end(1, RunStatus.INTERRUPTED).advance(Duration.ZERO);
    AssignmentSet held = host.set(5, List.of(LIMITED.rerunOnInterrupt()), CHANGE);

    host.push(
        new AssignmentSet(
            new Generation(1, 7),
            held.assignments(),
            List.of(),
            held.freeze(),
            held.pendingTriggers(),
            List.of(Identity.executionId(association(1), CHANGE))));

    assertEquals(List.of(), asked());
    assertEquals(List.of(), said().held());
    assertEquals("change:1.5 Interrupted", reported().getLast());
    assertEquals(1, host.starts().size());
  }

  @Test
  void whoMayRunAloneDoesAMinuteAfterTheLinkIsGone() {
    host.start().link().push(host.set(5, List.of(assignment(1).limited(Rate.RUN)), CHANGE));

    host.unlink().advance(RunLimits.CUT_OFF.minusSeconds(1));
    assertEquals(List.of(), host.starts());

    host.advance(Duration.ofSeconds(1));
    assertEquals(List.of("change:1.5"), host.starts());
    host.link();
    assertEquals(holds(CHANGE, true), said().held());
  }

  @Test
  void ticksWithoutTheCoordinatorAreMadeUpForByOneRunWhenItIsBack() {
    host.start().link().push(host.set(5, List.of(LIMITED.every("cron(0 * * * ? *)"))));

    host.unlink().until("2026-03-02T12:10:00Z").link();
    Trigger newest = new Trigger.Tick(Instant.parse("2026-03-02T12:00:00Z"));
    assertEquals(List.of(newest), asked());
    assertEquals(List.of(), reported());

    host.grant(1, newest);
    assertTrue(host.started.getFirst().caughtUp());
    assertEquals(3, host.started.getFirst().missedTicks());
  }

  @Test
  void whoNeedsNoPermitSaysNothing() {
    host.start().link().push(host.set(5, List.of(assignment(1)), CHANGE));

    assertEquals(List.of("change:1.5"), host.starts());
    assertEquals(1, host.requests.size(), "the hello alone");
  }
}

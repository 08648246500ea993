package dev.holdfast.agent;

import static dev.holdfast.agent.testing.Samples.assignment;
import static dev.holdfast.agent.testing.Samples.association;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.life.CrashRule;
import dev.holdfast.agent.link.Wanted.Condition;
import dev.holdfast.agent.schedule.Waiting;
import dev.holdfast.agent.testing.Samples;
import dev.holdfast.association.Identity;
import dev.holdfast.association.Trigger;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An agent that goes down again and again, and what it leaves alone for it. */
final class AgentCrashTest {
  private static final Trigger CHANGE = new Trigger.Change(1, 5);
  private static final Samples POISON = assignment(1).every("cron(0 * * * ? *)");
  private static final Samples OTHER = assignment(2).every("cron(0 * * * ? *)");

  private final Host host = new Host("2026-03-02T09:30:00Z");

  @Test
  void threeCrashesWithTheSameRunParkItAndTheOthersGoOn() {
    host.start().push(host.set(5, List.of(POISON, OTHER), CHANGE));
    crash(2);
    assertEquals(List.of(), host.ends());
    crash(1);

    assertEquals(List.of("change:1.5 Parked"), host.ends());
    Report.Run end = host.spool.getLast();
    assertEquals(RunStatus.FAILED, end.status());
    assertTrue(end.reason().startsWith("the agent went down 3 times within 10 minutes"));
    assertEquals(List.of(Identity.runId(Samples.INSTANCE, association(1), CHANGE)), host.abandoned);
    assertEquals(
        List.of(new Waiting(association(1), CHANGE, Waiting.Reason.PARKED)),
        host.agent().waits().stream().map(wait -> wait.waiting()).toList());
    assertEquals(List.of("PARKED"), codes());

    host.endsAtOnce = true;
    host.until("2026-03-02T10:30:00Z").restartAfter(Duration.ofHours(1));
    assertTrue(host.ends().contains("tick:2026-03-02T10:00:00Z Parked"), "" + host.ends());
    assertTrue(
        host.started.stream()
            .skip(1)
            .allMatch(run -> run.assignment().association().equals(association(2))));
    assertEquals(2, host.started.stream().filter(run -> run.scheduled().isPresent()).count());
  }

  @Test
  void byHandItDoesNotStartEitherAndANewRevisionIsLookedAtAnew() {
    host.start().push(host.set(5, List.of(POISON), CHANGE));
    crash(3);
    Trigger hand = new Trigger.Manual("2b");
    host.push(host.set(6, List.of(POISON), hand));
    assertEquals(List.of("change:1.5"), host.starts());

    host.push(host.set(7, List.of(POISON.edited("echo well")), new Trigger.Change(1, 7)));

    assertEquals(List.of("change:1.5", "change:1.7"), host.starts());
    assertEquals(List.of(), codes());
    host.end(1, RunStatus.SUCCESS).restartAfter(Duration.ofSeconds(1));
    assertEquals(List.of(), codes());
  }

  @Test
  void anEndInOrderOrARebootOrTenMinutesCountAsNoCrash() {
    host.start().push(host.set(5, List.of(POISON), CHANGE));
    crash(2);
    host.agent().end();
    crash(3);
    assertEquals(List.of(), host.ends(), "the end in order was no crash, two were after it");

    host.restartAfter(Duration.ofMinutes(11));
    crash(1);
    host.local = new Local(host.local.policy(), CrashRule.DEFAULT, "boot 2");
    crash(1);
    assertEquals(List.of(), host.ends());
    crash(1);
    assertEquals(List.of("change:1.5 Parked"), host.ends(), "the third within ten minutes");
  }

  @Test
  void fiveCrashesEndAllRunsUntilSomebodyResumesThem() {
    host.start().push(host.set(5, List.of(OTHER)));
    crash(5);
    assertEquals(List.of("SAFE_MODE"), codes());

    host.push(host.set(6, List.of(OTHER), new Trigger.Change(1, 6)));
    assertEquals(List.of(), host.starts());
    assertEquals(Waiting.Reason.SAFE_MODE, host.agent().waits().getFirst().waiting().reason());

    assertTrue(host.agent().resume());
    host.advance(Duration.ZERO);
    assertEquals(List.of("change:1.6"), host.starts());
    assertEquals(List.of(), codes());
    assertFalse(host.agent().resume());
    crash(1);
    assertEquals(List.of(), codes(), "what was before is forgotten");
  }

  @Test
  void safeModeEndsByItselfAfterAnHourAndThenWhatRanIsTakenUp() {
    host.start().push(host.set(5, List.of(OTHER), CHANGE));
    host.local = new Local(host.local.policy(), new CrashRule(0, 5), "boot");
    crash(5);
    host.lost.addAll(host.journal.keySet());
    assertEquals(List.of("SAFE_MODE"), codes());

    host.advance(Duration.ofMinutes(59));
    assertEquals(
        List.of("tick:2026-03-02T10:00:00Z StillRunning"), host.ends(), "nobody looks at the run");
    host.advance(Duration.ofMinutes(2));

    assertEquals("change:1.5 Interrupted", host.ends().get(1));
    assertEquals(List.of(), codes());
  }

  @Test
  void anEndInOrderEndsSafeMode() {
    host.start().push(host.set(5, List.of(OTHER)));
    crash(5);
    host.agent().end();
    host.restartAfter(Duration.ofSeconds(1));
    assertEquals(List.of(), codes());
  }

  @Test
  void aRunThatCannotEvenBeReadParksItsAssociation() {
    host.start().push(host.set(5, List.of(POISON), CHANGE));
    host.endAs(1, RunStatus.FAILED, "Parked");

    assertEquals(List.of("PARKED"), codes());
    host.endsAtOnce = true;
    host.until("2026-03-02T10:00:01Z").restartAfter(Duration.ofSeconds(1));
    assertEquals(List.of("PARKED"), codes());
    assertEquals(List.of("change:1.5"), host.starts());
  }

  private void crash(int times) {
    for (int i = 0; i < times; i++) {
      host.restartAfter(Duration.ofSeconds(20));
    }
  }

  private List<String> codes() {
    return host.agent().conditions().stream().map(Condition::code).toList();
  }
}

package dev.holdfast.agent;

import static dev.holdfast.agent.testing.Samples.assignment;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.agent.policy.PolicySample;
import dev.holdfast.agent.policy.Standing;
import dev.holdfast.agent.schedule.Waiting;
import dev.holdfast.agent.testing.Samples;
import dev.holdfast.association.Trigger;
import dev.holdfast.report.RunStatus;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the policy of its host keeps an agent from, whatever comes down the link. */
final class AgentPolicyTest {
  private static final Trigger CHANGE = new Trigger.Change(1, 5);
  private static final Trigger HAND = new Trigger.Manual("2b");
  private static final Samples HOURLY = assignment(1).every("cron(0 * * * ? *)");

  private final Host host = new Host("2026-03-02T09:30:00Z");

  @Test
  void whileTheHostFreezesOnlyPeopleStartSomething() {
    policy("freeze: true");
    host.start().push(host.set(5, List.of(HOURLY), CHANGE, HAND));
    assertEquals(List.of("manual:2b"), host.starts());
    host.end(1, RunStatus.SUCCESS);
    assertEquals(Optional.of(Waiting.Reason.HOST_POLICY), waits());
    host.until("2026-03-02T10:00:01Z");
    assertEquals(List.of("manual:2b Success", "tick:2026-03-02T10:00:00Z Frozen"), host.ends());
    assertEquals("frozen by this host: freeze in p.yaml:1", host.spool.getLast().reason());

    policy("freeze: false");
    assertEquals(List.of("manual:2b", "change:1.5"), host.starts());
  }

  @Test
  void inQuietHoursNothingStartsByItselfAndThenItDoesWithoutBeingTold() {
    policy("quiet_hours: ['09:45-10:15', '10:00-12:30 Europe/Berlin']");
    host.start().push(host.set(5, List.of(HOURLY)));
    host.until("2026-03-02T09:50:00Z").push(host.set(6, List.of(HOURLY), CHANGE));
    assertEquals(List.of(), host.starts());
    host.until("2026-03-02T11:00:00Z");
    assertEquals(
        List.of("tick:2026-03-02T10:00:00Z Frozen", "tick:2026-03-02T11:00:00Z Frozen"),
        host.ends());

    host.until("2026-03-02T11:30:00Z");
    assertEquals(List.of("change:1.5"), host.starts());
  }

  @Test
  void withAPolicyThatIsWrongNothingStartsByNobodysHand() {
    host.policy = new Standing.Wrong("it is wrong");
    host.start().push(host.set(5, List.of(HOURLY), CHANGE, HAND));
    host.until("2026-03-02T10:00:01Z");
    assertEquals(List.of(), host.starts());
    assertEquals(List.of("tick:2026-03-02T10:00:00Z Frozen"), host.ends());
    assertEquals("it is wrong", host.spool.getLast().reason());
    assertEquals(
        List.of("POLICY_WRONG it is wrong"),
        host.agent().conditions().stream().map(c -> c.code() + " " + c.message()).toList());

    host.policy = Standing.ABSENT;
    host.agent().policyChanged();
    host.until("2026-03-02T10:00:02Z");
    assertEquals(List.of("change:1.5"), host.starts());
    assertEquals(List.of(), host.agent().conditions());
  }

  @Test
  void anEditThatMayNotRunIsReportedOnceAndTheNextTickRunsIt() {
    policy("run_on_edit: false");
    Samples edited = HOURLY.edited("echo new");
    host.start().push(host.set(5, List.of(edited), CHANGE));
    assertEquals(List.of("change:1.5 ForbiddenByHost"), host.ends());
    assertEquals(RunStatus.SKIPPED, host.spool.getLast().status());
    assertEquals("run_on_edit is false in p.yaml:1 of this host", host.spool.getLast().reason());

    host.until("2026-03-02T10:00:01Z");
    assertEquals(List.of("tick:2026-03-02T10:00:00Z"), host.starts());
    assertEquals(edited.body(), host.started.getFirst().assignmentSha256());
    assertEquals(1, host.ends().size());
  }

  @Test
  void noMoreRunAtOnceThanTheHostSays() {
    policy("max_runs: 1");
    host.start()
        .push(
            host.set(
                5,
                List.of(
                    HOURLY,
                    assignment(2).every("cron(0 * * * ? *)"),
                    assignment(3).every("cron(0 * * * ? *)").inventory())));
    host.until("2026-03-02T10:00:00Z");
    assertEquals(2, host.started.size(), "one, and the inventory");
    assertEquals(Optional.of(Waiting.Reason.HOST_SLOT), waits());
    host.end(1, RunStatus.SUCCESS);
    assertEquals(3, host.started.size());
  }

  private Optional<Waiting.Reason> waits() {
    return host.agent().waits().stream().map(wait -> wait.waiting().reason()).findFirst();
  }

  private void policy(String text) {
    host.policy = PolicySample.of(text);
    if (!host.started.isEmpty() || !host.spool.isEmpty()) {
      host.agent().policyChanged();
      host.advance(java.time.Duration.ZERO);
    }
  }
}

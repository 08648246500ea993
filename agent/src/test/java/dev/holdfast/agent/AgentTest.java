package dev.holdfast.agent;

import static dev.holdfast.agent.testing.Samples.INSTANCE;
import static dev.holdfast.agent.testing.Samples.assignment;
import static dev.holdfast.agent.testing.Samples.association;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.link.Wanted;
import dev.holdfast.agent.run.RunRequest;
import dev.holdfast.agent.schedule.Waiting;
import dev.holdfast.agent.testing.Samples;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.assignment.Generation;
import dev.holdfast.association.Identity;
import dev.holdfast.association.Trigger;
import dev.holdfast.document.Value;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.schedule.Splay;
import dev.holdfast.task.Limits;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Sha256;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The main stories of an agent, with its disk in memory and time that moves when told. */
final class AgentTest {
  private static final Trigger CHANGE = new Trigger.Change(1, 5);
  private static final String HOURLY_CRON = "cron(0 * * * ? *)";
  private static final Samples HOURLY = assignment(1).every(HOURLY_CRON);

  private final Host host = new Host("2026-03-02T09:30:00Z");

  @Test
  void whatIsPushedRunsAtOnce() {
    host.start().push(host.set(5, List.of(assignment(1)), CHANGE));

    RunRequest request = host.started.getFirst();
    assertEquals(List.of("change:1.5"), host.starts());
    assertEquals(Identity.runId(INSTANCE, association(1), CHANGE), request.runId());
    assertEquals(1, request.attempt());
    assertEquals(1, request.startNumber());
    assertEquals(assignment(1).value(), request.assignment());
    assertEquals(new Value.Text("hello"), request.assignment().parameters().get("greeting"));
    assertEquals(assignment(1).body(), request.assignmentSha256());
    assertEquals(ByteString.copyFrom(assignment(1).document()), request.document());
    assertEquals(Optional.empty(), request.scheduled());
    assertEquals(List.of(new Generation(1, 5)), host.adopted);
    assertEquals(host.now(), Instant.parse("2026-03-02T09:30:00Z"), "no time had to pass");
  }

  @Test
  void aRunIsGivenTheDocumentsThatItsDocumentNames() {
    Samples naming = assignment(1).naming("echo child");
    host.start().push(host.set(5, List.of(naming), CHANGE));

    assertEquals(
        Map.of("Child:3", ByteString.copyFrom(naming.documents().getLast())),
        host.started.getFirst().children());
    assertEquals(Optional.of(CHANGE), host.agent().runningTrigger(association(1)));

    host.end(1, RunStatus.SUCCESS);
    assertEquals(Optional.empty(), host.agent().runningTrigger(association(1)));
  }

  @Test
  void withoutADocumentThatIsNamedNothingStartsUntilItCame() {
    Samples naming = assignment(1).naming("echo child");
    AssignmentSet set = host.set(5, List.of(naming), CHANGE);
    byte[] child = naming.documents().getLast();
    host.coordinator.remove(Sha256.of(child));
    host.start().push(set);
    assertEquals(List.of(), host.starts());

    host.coordinator.put(Sha256.of(child), child);
    host.advance(Duration.ofMinutes(10));

    assertEquals(List.of("change:1.5"), host.starts());
  }

  @Test
  void theSamePushAgainStartsNothing() {
    AssignmentSet set = host.set(5, List.of(assignment(1)), CHANGE);
    host.start().push(set).end(1, RunStatus.SUCCESS);

    host.push(set).push(set.at(new Generation(1, 6))).restartAfter(Duration.ofHours(1)).push(set);

    assertEquals(List.of("change:1.5"), host.starts());
  }

  @Test
  void whatWaitsIsToldWithTheMomentFromWhichItDid() {
    host.start()
        .push(
            host.set(
                5,
                List.of(
                    HOURLY, assignment(2).every(HOURLY_CRON), assignment(3).every(HOURLY_CRON))));
    assertEquals(List.of(), host.agent().waits());
    int before = host.waitsTold;
    host.until("2026-03-02T10:00:00Z").advance(Duration.ofMinutes(7));

    Wanted.Wait wait = host.agent().waits().getFirst();
    assertEquals(association(3), wait.waiting().association());
    assertEquals(Waiting.Reason.HOST_SLOT, wait.waiting().reason());
    assertEquals(Instant.parse("2026-03-02T10:00:00Z"), wait.since());
    assertEquals(before + 1, host.waitsTold);

    host.end(1, RunStatus.SUCCESS).advance(Duration.ZERO);
    assertEquals(List.of(), host.agent().waits());
    assertEquals(before + 2, host.waitsTold);
  }

  @Test
  void withoutALinkItGoesOnByTheScheduleAlsoAfterARestart() {
    host.start().push(host.set(5, List.of(HOURLY)));
    host.linked = false;
    host.endsAtOnce = true;

    host.until("2026-03-02T11:00:00Z").restartAfter(Duration.ofMinutes(1));
    host.until("2026-03-02T12:00:00Z");

    assertEquals(
        List.of(
            "tick:2026-03-02T10:00:00Z", "tick:2026-03-02T11:00:00Z", "tick:2026-03-02T12:00:00Z"),
        host.starts());
    assertTrue(host.started.stream().noneMatch(RunRequest::caughtUp));
    assertEquals(
        Optional.of(Instant.parse("2026-03-02T12:00:00Z")), host.started.get(2).scheduled());
    assertEquals(List.of(1L, 2L, 3L), host.started.stream().map(RunRequest::startNumber).toList());
  }

  @Test
  void ticksMissedWhileTheAgentWasDownAreMadeUpForByOneRun() {
    host.start().push(host.set(5, List.of(HOURLY)));
    host.endsAtOnce = true;

    host.restartAfter(Duration.ofMinutes(190)).until("2026-03-02T13:30:00Z");

    assertEquals(List.of("tick:2026-03-02T12:00:00Z", "tick:2026-03-02T13:00:00Z"), host.starts());
    assertTrue(host.started.getFirst().caughtUp());
    assertEquals(3, host.started.getFirst().missedTicks());
    assertFalse(host.started.getLast().caughtUp());
  }

  @Test
  void ticksMissedWhileTheHostSleptAreMadeUpForByOneRun() {
    host.start().push(host.set(5, List.of(HOURLY)));
    host.endsAtOnce = true;

    host.sleep(Duration.ofMinutes(190)).until("2026-03-02T13:30:00Z");

    assertEquals(List.of("tick:2026-03-02T12:00:00Z", "tick:2026-03-02T13:00:00Z"), host.starts());
    assertEquals(3, host.started.getFirst().missedTicks());
  }

  @Test
  void aCatchUpThatWaitsForItsSplaySurvivesRestarts() {
    Samples splayed = HOURLY.splayed(3000);
    Duration splay = Splay.of(INSTANCE, association(1), splayed.splaySeconds());
    host.start().push(host.set(5, List.of(splayed)));

    host.restartAfter(Duration.ofHours(5)).until("2026-03-02T14:31:00Z");
    Instant noticed = host.now().minus(Duration.ofMinutes(1));
    assertEquals(List.of(), host.starts());
    assertEquals(Waiting.Reason.SPLAY, host.agent().status().queue().getFirst().reason());
    host.restartAfter(Duration.ofSeconds(1));
    host.advance(Duration.between(host.now(), noticed.plus(splay)));

    assertEquals(List.of("tick:2026-03-02T14:00:00Z"), host.starts());
    assertEquals(5, host.started.getFirst().missedTicks());
  }

  @Test
  void anAssociationThatComesWithTicksBehindItMakesUpForThemUnlessItRunsAnyway() {
    Instant earlier = host.now().minus(Duration.ofHours(3));
    host.start().push(host.set(5, List.of(HOURLY), earlier));
    assertEquals(List.of("tick:2026-03-02T09:00:00Z"), host.starts());
    assertEquals(3, host.started.getFirst().missedTicks());

    Host other = new Host("2026-03-02T09:30:00Z");
    other.start().push(other.set(5, List.of(HOURLY), earlier, CHANGE));
    assertEquals(List.of("change:1.5"), other.starts());
    other.end(1, RunStatus.SUCCESS).until("2026-03-02T09:59:59Z");
    assertEquals(List.of("change:1.5"), other.starts());
  }

  @Test
  void aTickThatFindsItsRunInProgressIsReportedAsSkipped() {
    host.start().push(host.set(5, List.of(HOURLY)));
    host.until("2026-03-02T11:00:00Z");

    Report.Run skip = host.spool.getLast();
    assertEquals(RunStatus.SKIPPED, skip.status());
    assertEquals("StillRunning", skip.detailedStatus());
    assertEquals(0, skip.attempt());
    assertEquals(2, skip.startNumber());
    assertEquals(new Trigger.Tick(Instant.parse("2026-03-02T11:00:00Z")), skip.trigger());
    assertEquals(List.of("tick:2026-03-02T10:00:00Z"), host.starts());
  }

  @Test
  void anEditLetsTheRunInProgressFinishAndRunsAfterIt() {
    Trigger edit = new Trigger.Change(1, 6);
    Samples edited = HOURLY.edited("echo new");
    host.start().push(host.set(5, List.of(HOURLY), CHANGE));
    host.push(host.set(6, List.of(edited), edit));
    assertEquals(List.of("change:1.5"), host.starts());
    assertEquals(Waiting.Reason.OWN_RUN, host.agent().status().queue().getFirst().reason());

    host.end(1, RunStatus.SUCCESS);

    assertEquals(List.of("change:1.5", "change:1.6"), host.starts());
    assertEquals(edited.body(), host.started.getLast().assignmentSha256());
  }

  @Test
  void aPendingTriggerWaitsForTheBodiesOfItsRevision() {
    host.start().push(host.set(5, List.of(HOURLY)));
    host.linked = false;
    host.push(host.set(6, List.of(HOURLY.edited("echo new")), host.now(), CHANGE));
    host.until("2026-03-02T10:30:00Z");
    assertEquals(List.of("tick:2026-03-02T10:00:00Z"), host.starts(), "the old one goes on");
    assertEquals(HOURLY.body(), host.started.getFirst().assignmentSha256());
    host.end(1, RunStatus.SUCCESS);
    assertEquals(new Generation(1, 5), host.agent().generationHeld());

    host.linked = true;
    host.advance(Limits.RECONNECT_LONGEST);

    assertEquals(List.of("tick:2026-03-02T10:00:00Z", "change:1.5"), host.starts());
    assertEquals(new Generation(1, 6), host.agent().generationHeld());
    assertEquals(List.of(new Generation(1, 5), new Generation(1, 6)), host.adopted);
  }

  @Test
  void aCancelledRunIsEndedOnceAndOneThatWaitsNeverStarts() {
    Trigger next = new Trigger.Manual("2b");
    host.start().push(host.set(5, List.of(HOURLY), CHANGE, next));
    String execution = Identity.executionId(association(1), CHANGE);
    AssignmentSet set = host.set(6, List.of(HOURLY), CHANGE, next);

    host.push(host.cancelling(set, 6, execution)).advance(Duration.ofMinutes(5));
    assertEquals(List.of(host.started.getFirst().runId()), host.cancelled);
    host.push(host.cancelling(set, 7, Identity.executionId(association(1), next)));
    host.end(1, RunStatus.CANCELLED);

    assertEquals(List.of("change:1.5"), host.starts());
    assertEquals(List.of("change:1.5 Cancelled"), host.ends());
  }

  @Test
  void whatLeavesTheSetFinishesWhatRunsAndStartsNothingNew() {
    host.start().push(host.set(5, List.of(HOURLY), CHANGE));
    host.push(host.set(6, List.of()));
    host.end(1, RunStatus.SUCCESS).until("2026-03-02T12:00:00Z");
    assertEquals(List.of("change:1.5"), host.starts());
    assertEquals(List.of("change:1.5 Success"), host.ends());

    host.push(host.set(7, List.of(HOURLY), CHANGE));
    assertEquals(List.of("change:1.5"), host.starts(), "the ledger still knows it");
    host.until("2026-03-02T13:00:00Z");
    assertEquals(List.of("change:1.5", "tick:2026-03-02T13:00:00Z"), host.starts());
    assertEquals(2, host.started.getLast().startNumber());
  }

  @Test
  void aRunThatOutlivesTheAgentGoesOnAndIsReportedOnce() {
    host.start().push(host.set(5, List.of(HOURLY), CHANGE));

    host.restartAfter(Duration.ofMinutes(1));
    assertEquals(List.of(), host.ends());
    host.end(1, RunStatus.SUCCESS);

    assertEquals(List.of("change:1.5 Success"), host.ends());
    assertEquals(List.of("change:1.5"), host.starts());
  }

  @Test
  void aRunWhoseEndNobodySawIsNotStartedAgainUnlessItsAssociationSaysSo() {
    host.start().push(host.set(5, List.of(HOURLY), CHANGE));
    host.lost.addAll(host.journal.keySet());
    host.restartAfter(Duration.ofMinutes(1)).until("2026-03-02T09:59:59Z");
    assertEquals(List.of("change:1.5"), host.starts());
    assertEquals(List.of("change:1.5 Interrupted"), host.ends());

    Host other = new Host("2026-03-02T09:30:00Z");
    other.start().push(other.set(5, List.of(HOURLY.rerunOnInterrupt()), CHANGE));
    for (int i = 0; i < 5; i++) {
      other.lost.addAll(other.journal.keySet());
      other.restartAfter(Duration.ofMinutes(5));
    }
    assertEquals(
        List.of("change:1.5", "change:1.5 attempt 2", "change:1.5 attempt 3"), other.starts());
    assertEquals(List.of(1L, 2L, 3L), other.started.stream().map(RunRequest::startNumber).toList());
    assertEquals(List.of("change:1.5 Interrupted"), other.ends(), "one end, after the last try");
  }

  @Test
  void aRunThatIsNotTriedAgainAfterAllEndsAsItWasSeenLast() {
    host.start().push(host.set(5, List.of(HOURLY.rerunOnInterrupt()), CHANGE));
    host.push(host.set(6, List.of()));
    host.lost.addAll(host.journal.keySet());
    host.restartAfter(Duration.ofMinutes(1));

    assertEquals(List.of("change:1.5"), host.starts());
    assertEquals(List.of("change:1.5 Interrupted"), host.ends());
  }

  @Test
  void moreThanTwoDocumentsQueueVisiblyAndGetTheirTurn() {
    List<Samples> many = new ArrayList<>();
    for (int i = 1; i <= 4; i++) {
      many.add(assignment(i).every("cron(0 * * * ? *)"));
    }
    many.add(assignment(5).every("cron(0 * * * ? *)").inventory());
    host.start().push(host.set(5, many)).until("2026-03-02T10:00:00Z");

    assertEquals(3, host.started.size(), "two and the inventory");
    assertEquals(
        List.of(association(3), association(4)),
        host.agent().status().queue().stream().map(Waiting::association).toList());

    host.advance(Duration.ofMinutes(7)).end(1, RunStatus.SUCCESS).end(2, RunStatus.FAILED);

    assertEquals(5, host.started.size());
    assertEquals(List.of(), host.agent().status().queue());
    assertTrue(host.started.stream().noneMatch(RunRequest::caughtUp), "late is not missed");
  }

  @Test
  void aBodyDamagedOnTheDiskIsFetchedAnewBeforeTheRun() {
    host.start().push(host.set(5, List.of(HOURLY)));
    host.disk.damage("assignments/bodies/" + HOURLY.body(), 5);

    host.until("2026-03-02T10:00:01Z");

    assertEquals(List.of("tick:2026-03-02T10:00:00Z"), host.starts());
    assertEquals(HOURLY.value(), host.started.getFirst().assignment());
  }

  @Test
  void aLowerGenerationIsRefused() {
    host.start().push(host.set(5, List.of(HOURLY)));
    host.push(host.set(4, List.of()));

    assertEquals(new Generation(1, 5), host.agent().generationHeld());
    assertEquals(1, host.agent().status().assignments().size());
    assertEquals(List.of(new Generation(1, 5)), host.adopted);
  }

  @Test
  void aConfirmationRaisesTheGenerationHeld() {
    host.start().push(host.set(5, List.of(HOURLY)));

    host.agent().confirmed(new Generation(1, 9), host.agent().setHeld());

    assertEquals(new Generation(1, 9), host.agent().generationHeld());
  }

  @Test
  void theStatusSaysWhatRunsNextAndWhatRanLastAlsoAfterARestart() {
    host.start().push(host.set(5, List.of(HOURLY), CHANGE));
    AgentStatus.AssignmentStatus running = host.agent().status().assignments().getFirst();
    String runId = host.started.getFirst().runId();
    assertEquals("sample-1", running.name());
    assertEquals(1, running.version());
    assertEquals(Optional.of(Instant.parse("2026-03-02T10:00:00Z")), running.nextRun());
    assertEquals(
        Optional.of(new AgentStatus.LastRun(runId, RunStatus.IN_PROGRESS, Optional.empty())),
        running.lastRun());

    host.advance(Duration.ofMinutes(2)).end(1, RunStatus.FAILED);
    host.restartAfter(Duration.ofMinutes(1));

    assertEquals(
        Optional.of(
            new AgentStatus.LastRun(
                runId, RunStatus.FAILED, Optional.of(Instant.parse("2026-03-02T09:32:00Z")))),
        host.agent().status().assignments().getFirst().lastRun());
    assertEquals(new Generation(1, 5), host.agent().status().generation());
  }

  @Test
  void aClockThatGoesBackRepeatsNothing() {
    host.start().push(host.set(5, List.of(HOURLY)));
    host.endsAtOnce = true;
    host.until("2026-03-02T11:30:00Z");

    host.sleep(Duration.ofHours(-1).minusMinutes(1)).until("2026-03-02T12:00:00Z");

    assertEquals(
        List.of(
            "tick:2026-03-02T10:00:00Z", "tick:2026-03-02T11:00:00Z", "tick:2026-03-02T12:00:00Z"),
        host.starts());
  }

  @Test
  void afterAnExcursionOfTheClockTheScheduleGoesOn() {
    host.start().push(host.set(5, List.of(HOURLY)));
    host.endsAtOnce = true;

    host.sleep(Duration.ofDays(4000));
    int then = host.started.size();
    host.sleep(Duration.ofDays(-4000)).until("2026-03-02T11:00:00Z");

    assertEquals(1, then, "one catch-up");
    assertEquals(
        List.of("tick:2026-03-02T10:00:00Z", "tick:2026-03-02T11:00:00Z"),
        host.starts().subList(1, 3));
  }

  @Test
  void theWorkLoopMovesAtLeastEveryRoundAndRestsOtherwise() {
    host.start().push(host.set(5, List.of(HOURLY)));
    long before = host.agent().workLoopCount();
    long writes = host.disk.changes();

    host.advance(RunLimits.ROUND.multipliedBy(10));

    assertEquals(10, host.agent().workLoopCount() - before);
    assertEquals(writes, host.disk.changes(), "nothing to do, nothing written");
  }
}

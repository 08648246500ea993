package dev.holdfast.coordinator.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Histories;
import dev.holdfast.coordinator.store.Histories.History;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.testing.Estate;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.wire.ReportCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Reports of what the store has forgotten since it came back from a backup. */
final class ForgottenTest extends IngestCase {
  private static final Trigger LOST = new Trigger.Change(1, 5_000);
  private static final Instant BACKUP = Instant.parse("2026-11-24T12:00:00Z");
  private static final Instant RESTORE = Instant.parse("2026-11-24T18:00:00Z");

  private final Forgotten forgotten =
      new Forgotten(
          30, List.of(new History(20, 100, BACKUP, BACKUP), new History(30, 200, BACKUP, RESTORE)));

  @Test
  void aTriggerIsForgottenIfItsPositionIsBehindWhatIsKnownOfItsHistory() {
    assertFalse(forgotten.older(new Trigger.Change(1, 100)));
    assertTrue(forgotten.older(new Trigger.Change(1, 101)));
    assertFalse(forgotten.older(new Trigger.Enter(20, 200)));
    assertTrue(forgotten.older(new Trigger.Enter(20, 201)));
    assertTrue(forgotten.older(new Trigger.Change(25, 1)), "a history of which nothing is left");
    assertFalse(forgotten.older(new Trigger.Change(30, 999)), "the history in force");
    assertFalse(forgotten.older(new Trigger.Change(31, 1)), "one that never was");
    assertFalse(Forgotten.NOTHING.older(LOST));
  }

  @Test
  void whatWasDoneSinceTheBackupMayBeForgottenForAsLongAsAgentsComeBackByThemselves() {
    assertTrue(forgotten.about(BACKUP.plusSeconds(1), RESTORE.plusSeconds(60)));
    assertFalse(forgotten.about(BACKUP.minus(Duration.ofHours(2)), RESTORE.plusSeconds(60)));
    assertFalse(
        forgotten.about(BACKUP.plusSeconds(1), RESTORE.plus(Duration.ofDays(91))), "too late");
    assertFalse(Forgotten.NOTHING.about(BACKUP, BACKUP));
  }

  @Test
  void aChangeOfTheForgottenTimeGetsItsExecutionFromTheReport() {
    restored();
    hello("spool");
    send(run(1, LOST, 1, RunStatus.SUCCESS));

    assertEquals(List.of(), answers.getLast().refused());
    Executions.Execution execution = storedExecution(LOST);
    assertTrue(execution.recovered());
    assertEquals(1, execution.targetCount(), "whoever reported it, and nobody else");
    assertTrue(execution.ended().isPresent());
    assertEquals(RunStatus.SUCCESS, storedRun(LOST).status());
    assertEquals(dev.holdfast.compliance.Status.COMPLIANT, verdict());
  }

  @Test
  void aRunOfARevisionThatIsForgottenIsStoredAndJudgesNothing() {
    restored();
    hello("spool");
    send(ReportCodec.toProto(1, other(LOST, RunStatus.FAILED)));

    assertEquals(List.of(), answers.getLast().refused());
    Runs.Run run = storedRun(LOST);
    assertEquals(8, run.associationVersion(), "as the report says");
    assertEquals(
        Optional.empty(),
        estate.store.read(
            read ->
                dev.holdfast.coordinator.store.Compliance.find(
                    read, instance, "Association", association.value())));
  }

  @Test
  void nothingIsPendingBecauseOfIt() {
    restored();
    hello("spool");
    send(run(1, LOST, 1, RunStatus.SUCCESS));

    assertEquals(
        List.of(),
        estate.store.read(read -> Executions.made(read, association, Estate.START)).stream()
            .filter(Executions.Execution::recovered)
            .toList());
  }

  @Test
  void whatIsOfAnAssociationThatIsNotKnownIsRefusedAlone() {
    restored();
    hello("spool");
    Report.Run good = Estate.report(1, LOST, 1, RunStatus.SUCCESS);
    Report.Run unknown = Estate.report(9, LOST, 1, RunStatus.SUCCESS);
    assertTrue(!unknown.association().equals(new AssociationId(association.value())));

    send(ReportCodec.toProto(1, unknown), ReportCodec.toProto(2, good));

    assertEquals(
        List.of(1L), answers.getLast().refused().stream().map(each -> each.sequence()).toList());
    assertTrue(storedExecution(LOST).recovered());
  }

  @Test
  void withoutARestoreItIsRefusedAsBefore() {
    hello("spool");
    send(run(1, LOST, 1, RunStatus.SUCCESS));

    assertEquals(1, answers.getLast().refused().size());
  }

  @Test
  void whatThisHistoryNeverMadeIsRefusedAsBefore() {
    restored();
    hello("spool");
    send(run(1, new Trigger.Change(estate.store.epoch(), 5_000), 1, RunStatus.SUCCESS));

    assertEquals(1, answers.getLast().refused().size());
  }

  private static Report.Run other(Trigger trigger, RunStatus status) {
    Report.Run run = Estate.report(1, trigger, 1, status);
    return new Report.Run(
        run.association(),
        run.trigger(),
        run.attempt(),
        run.startNumber(),
        run.status(),
        run.detailedStatus(),
        dev.holdfast.task.Sha256.of(new byte[] {9}),
        8,
        4,
        run.scheduled(),
        run.start(),
        run.end(),
        run.caughtUp(),
        run.missedTicks(),
        run.steps(),
        run.reason());
  }

  /** The store has come back from a backup of a little earlier. */
  private void restored() {
    Instant now = estate.timers.now();
    estate.store.write(
        write -> {
          Histories.begin(
              write,
              new History(
                  50, write.position(), now.minus(Duration.ofHours(1)), now.minusSeconds(1)));
          return true;
        });
    estate.close();
    estate = new Estate(folder);
    estate.timers.advance(Duration.between(Estate.START, now));
    ingest =
        new Ingest(
            estate.store,
            new dev.holdfast.coordinator.inventory.InventoryDesk(
                new dev.holdfast.coordinator.inventory.Stock()),
            committer::add,
            (id, reason) -> unstored.add(id + ": " + reason));
    assertEquals(50, estate.store.epoch());
    assertTrue(Store.epochOf(folder).isPresent());
  }
}

package dev.holdfast.coordinator.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.link.Intake;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Lanes;
import dev.holdfast.report.Lane;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.agent.InventoryReport;
import dev.holdfast.wire.agent.Report;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is taken, answered and refused. */
final class IngestTest extends IngestCase {
  @Test
  void aHelloIsAnsweredWithWhatIsStoredOfItsSpool() {
    hello("spool-a");
    send(run(3, TICK, 1, RunStatus.IN_PROGRESS), run(9, TICK, 1, RunStatus.SUCCESS));
    hello("spool-a");
    hello("spool-b");

    assertEquals(
        List.of(
            Map.of(Lane.RESULTS, 0L, Lane.PROGRESS, 0L, Lane.INVENTORY, 0L),
            Map.of(Lane.RESULTS, 9L, Lane.PROGRESS, 3L, Lane.INVENTORY, 0L),
            Map.of(Lane.RESULTS, 0L, Lane.PROGRESS, 0L, Lane.INVENTORY, 0L)),
        openings);
    assertEquals(
        new Lanes.Spool("spool-b", 2, true),
        estate.store.read(read -> Lanes.spool(read, instance)).orElseThrow());
  }

  @Test
  void nothingIsAnsweredBeforeTheCommit() {
    ingest.opened(instance, "spool", openings::add);
    ingest.received(instance, "spool", List.of(run(1, TICK, 1, RunStatus.SUCCESS)), answers::add);

    assertEquals(List.of(), openings);
    assertEquals(List.of(), answers);
    assertEquals(1, committer.size(), "one task for all that waits");
    commit();

    assertEquals(1, openings.size());
    assertEquals(
        List.of(
            new Intake.Stored(
                Map.of(Lane.RESULTS, 1L, Lane.PROGRESS, 0L, Lane.INVENTORY, 0L),
                List.of(),
                List.of())),
        answers);
    assertEquals(RunStatus.SUCCESS, storedRun(TICK).status());
    assertEquals(new Ingest.Totals(1, 0, 1, 0), ingest.totals());
  }

  @Test
  void whatIsStoredIsAcknowledgedAndNotLookedAt() {
    hello("spool");
    send(run(5, TICK, 1, RunStatus.SUCCESS));

    send(run(5, TICK, 1, RunStatus.FAILED), run(4, NEXT, 2, RunStatus.FAILED));

    assertEquals(List.of(), answers.getLast().refused());
    assertEquals(5, answers.getLast().through().get(Lane.RESULTS));
    assertEquals(RunStatus.SUCCESS, storedRun(TICK).status());
    assertEquals(1, estate.rows("SELECT id FROM run").size());
  }

  @Test
  void aBadItemIsRefusedAloneAndCountsAsStored() {
    hello("spool");

    send(
        run(1, TICK, 1, RunStatus.SUCCESS),
        run(2, new Trigger.Tick(Instant.parse("2026-11-24T13:30:00Z")), 2, RunStatus.SUCCESS),
        Report.newBuilder(run(3, NEXT, 3, RunStatus.SUCCESS))
            .setLane(dev.holdfast.wire.agent.Lane.LANE_PROGRESS)
            .build(),
        Report.newBuilder()
            .setLane(dev.holdfast.wire.agent.Lane.LANE_RESULTS)
            .setSequence(4)
            .build(),
        Report.newBuilder(run(5, NEXT, 3, RunStatus.SUCCESS))
            .setRun(run(5, NEXT, 3, RunStatus.SUCCESS).getRun().toBuilder().setTrigger("yesterday"))
            .build(),
        run(6, NEXT, 4, RunStatus.FAILED));

    Intake.Stored answer = answers.getLast();
    assertEquals(
        List.of("RESULTS 2", "PROGRESS 3", "RESULTS 4", "RESULTS 5"),
        answer.refused().stream().map(r -> r.lane() + " " + r.sequence()).toList());
    assertEquals(
        List.of(
            "tick:2026-11-24T13:30:00Z is no tick of a schedule of " + association,
            "a report in lane LANE_PROGRESS that belongs to RESULTS",
            "a report without content",
            "not a trigger: 'yesterday'"),
        answer.refused().stream().map(Intake.Refused::reason).toList());
    assertEquals(Map.of(Lane.RESULTS, 6L, Lane.PROGRESS, 3L, Lane.INVENTORY, 0L), answer.through());
    assertEquals(2, estate.rows("SELECT id FROM run").size());
    assertEquals(4, ingest.totals().refused());
  }

  @Test
  void aReportLargerThanARecordMayBeIsRefused() {
    hello("spool");
    Report report = run(1, TICK, 1, RunStatus.SUCCESS);
    Report large =
        report.toBuilder()
            .setRun(
                report.getRun().toBuilder().setDetailedStatus("x".repeat(Limits.MAX_REPORT_BYTES)))
            .build();

    send(large);

    assertEquals(
        "a report of more than 261120 bytes", answers.getLast().refused().getFirst().reason());
  }

  @Test
  void aFailedTransactionAcknowledgesNothingAndTakesNothingMoreUntilAHello() {
    hello("spool");
    estate.sql("CREATE TRIGGER full BEFORE INSERT ON lane BEGIN SELECT RAISE(ABORT, 'full'); END");
    List<String> before = estate.dump();
    ingest.received(instance, "spool", List.of(run(1, TICK, 1, RunStatus.SUCCESS)), answers::add);
    commit();

    assertEquals(before, estate.dump());
    assertEquals(List.of(), answers);
    assertEquals(List.of(instance + ": the coordinator can't store reports; try again"), unstored);
    assertEquals(1, ingest.totals().failures());

    estate.sql("DROP TRIGGER full");
    send(run(2, NEXT, 2, RunStatus.SUCCESS));
    assertEquals(List.of(), answers, "a later report must not hide the lost one");
    assertEquals(before, estate.dump());

    hello("spool");
    assertEquals(0, openings.getLast().get(Lane.RESULTS));
    send(run(1, TICK, 1, RunStatus.SUCCESS), run(2, NEXT, 2, RunStatus.SUCCESS));
    assertEquals(2, estate.rows("SELECT id FROM run").size());
  }

  @Test
  void anInstanceThatSendsMoreThanItsWindowIsCutOffAndTheRestIsKept() {
    hello("spool");
    for (int batch = 0; batch < 4; batch++) {
      ingest.received(instance, "spool", batch(batch * 100 + 1, 100), answers::add);
    }
    ingest.received(instance, "spool", batch(401, 1), answers::add);
    ingest.received(instance, "spool", batch(402, 1), answers::add);

    assertEquals(
        List.of(instance + ": more than 400 reports that are not acknowledged"),
        unstored,
        "told once");
    commit();
    assertEquals(400, answers.getLast().through().get(Lane.RESULTS));

    hello("spool");
    ingest.received(instance, "spool", batch(401, 101), answers::add);
    assertEquals(instance + ": a batch of 101 reports; at most 100", unstored.getLast());
  }

  @Test
  void bytesThatWaitAreBounded() {
    hello("spool");
    Report large =
        Report.newBuilder()
            .setLane(dev.holdfast.wire.agent.Lane.LANE_INVENTORY)
            .setSequence(1)
            .setInventory(
                InventoryReport.newBuilder().setContent(ByteString.copyFrom(new byte[1 << 20])))
            .build();
    for (int i = 0; i < 15; i++) {
      ingest.received(instance, "spool", List.of(large), answers::add);
    }
    assertEquals(List.of(), unstored);

    ingest.received(instance, "spool", List.of(large), answers::add);

    assertEquals(List.of(instance + ": more than 16777216 bytes of reports that wait"), unstored);
  }

  @Test
  void aNewHelloDropsWhatTheOldLinkLeftWaiting() {
    hello("spool");
    List<Intake.Stored> old = new ArrayList<>();
    ingest.received(instance, "spool", batch(1, 100), old::add);
    ingest.opened(instance, "spool", openings::add);
    ingest.received(instance, "spool", batch(1, 100), answers::add);
    commit();

    assertEquals(List.of(), old);
    assertEquals(0, openings.getLast().get(Lane.RESULTS));
    assertEquals(100, answers.getLast().through().get(Lane.RESULTS));
  }

  @Test
  void withoutAHelloOrOfAnotherSpoolNothingIsTaken() {
    send(run(1, TICK, 1, RunStatus.SUCCESS));
    assertEquals(List.of(instance + ": reports before a hello"), unstored);

    hello("spool-b");
    ingest.received(instance, "spool-a", List.of(run(1, TICK, 1, RunStatus.SUCCESS)), answers::add);
    commit();
    hello("x".repeat(65));

    assertEquals(List.of(), answers);
    assertEquals(
        List.of(
            instance + ": it is not registered any more, or another spool took its place",
            instance + ": a spool epoch of 1 to 64 characters is needed"),
        unstored.subList(1, 3));
    assertEquals(List.of(), estate.rows("SELECT id FROM run"));
  }

  @Test
  void whoWasDeregisteredMeanwhileIsNotHeard() {
    hello("spool");
    estate.store.write(write -> Instances.deregister(write, instance));

    send(run(1, TICK, 1, RunStatus.SUCCESS));

    assertEquals(List.of(), answers);
    assertEquals(1, unstored.size());
    assertEquals(List.of(), estate.rows("SELECT id FROM run"));
  }

  @Test
  void manyBatchesBecomeFewCommits() {
    List<InstanceId> instances = new ArrayList<>();
    for (int i = 10; i < 21; i++) {
      instances.add(estate.addInstance(i));
      ingest.opened(instances.getLast(), "spool", openings::add);
    }
    commit();
    long commits = ingest.totals().commits();
    instances.forEach(id -> ingest.received(id, "spool", batch(1, 100), answers::add));
    commit();

    assertEquals(11, answers.size());
    assertEquals(commits + 3, ingest.totals().commits(), "five batches of a hundred each");
  }

  @Test
  void anAnswerThatFailsLeavesTheOthersAlone() {
    hello("spool");
    ingest.received(
        instance,
        "spool",
        List.of(run(1, TICK, 1, RunStatus.SUCCESS)),
        _ -> {
          throw new IllegalStateException("the link is gone");
        });
    ingest.received(instance, "spool", List.of(run(2, NEXT, 2, RunStatus.SUCCESS)), answers::add);
    commit();

    assertEquals(1, answers.size());
    assertEquals(List.of(), unstored);
  }
}

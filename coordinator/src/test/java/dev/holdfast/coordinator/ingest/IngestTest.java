package dev.holdfast.coordinator.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.link.Intake;
import dev.holdfast.coordinator.store.Compliance;
import dev.holdfast.coordinator.store.Compliance.Status;
import dev.holdfast.coordinator.store.EventLog;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Inventories;
import dev.holdfast.coordinator.store.Lanes;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.testing.Estate;
import dev.holdfast.report.Lane;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.ReportCodec;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.agent.InventoryReport;
import dev.holdfast.wire.agent.Report;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IngestTest {
  private static final Trigger TICK = new Trigger.Tick(Instant.parse("2026-11-24T13:00:00Z"));
  private static final Trigger NEXT = new Trigger.Tick(Instant.parse("2026-11-24T14:00:00Z"));

  @TempDir Path folder;
  private final Deque<Runnable> committer = new ArrayDeque<>();
  private final List<String> unstored = new ArrayList<>();
  private final List<Intake.Stored> answers = new ArrayList<>();
  private final List<Map<Lane, Long>> openings = new ArrayList<>();
  private Estate estate;
  private Ingest ingest;
  private InstanceId instance;
  private AssociationId association;

  @BeforeEach
  void open() {
    estate = new Estate(folder);
    instance = estate.addInstance(1);
    association = estate.addAssociation(1, "rate(1 hour)");
    estate.enter(association, instance);
    ingest =
        new Ingest(estate.store, committer::add, (id, reason) -> unstored.add(id + ": " + reason));
    estate.timers.advance(Duration.ofHours(3));
  }

  @AfterEach
  void close() {
    estate.close();
  }

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
                Map.of(Lane.RESULTS, 1L, Lane.PROGRESS, 0L, Lane.INVENTORY, 0L), List.of())),
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
                report.getRun().toBuilder()
                    .setDetailedStatus("x".repeat(Limits.MAX_RUN_REPORT_BYTES)))
            .build();

    send(large);

    assertEquals(
        "a run's report of more than 262144 bytes",
        answers.getLast().refused().getFirst().reason());
  }

  @Test
  void theTickOfAReportGetsItsExecutionAndEndsIt() {
    InstanceId other = estate.addInstance(2);
    estate.store.write(write -> write.append("x", List.of(), Map.of()));
    hello("spool");
    long before = estate.store.position();

    send(run(1, TICK, 1, RunStatus.SUCCESS));

    Executions.Execution execution = storedExecution(TICK);
    assertEquals(1, execution.targetCount(), "the members at its instant");
    assertEquals(estate.timers.now(), execution.ended().orElseThrow());
    assertFalse(execution.amended());
    assertEquals(
        List.of("ExecutionStarted", "ExecutionEnded", "RunEnded", "ComplianceChanged"),
        estate.eventTypes(before));

    estate.enter(association, other);
    ingest.opened(other, "spool", openings::add);
    ingest.received(
        other,
        "spool",
        List.of(run(1, new Trigger.Tick(at(16)), 1, RunStatus.SUCCESS)),
        answers::add);
    commit();
    assertEquals(
        2,
        storedExecution(new Trigger.Tick(at(16))).targetCount(),
        "its clock is ahead by an hour");
  }

  @Test
  void whoeverReportsIsATargetAndALateReportAmends() {
    InstanceId gone = estate.addInstance(2);
    AssociationId id = estate.addAssociation(2, "rate(1 hour)");
    estate.enter(id, instance, gone);
    estate.timers.advance(Duration.ofMinutes(30));
    estate.leave(id, gone);
    estate.timers.advance(Duration.ofHours(2));
    Trigger tick = new Trigger.Tick(at(16));
    hello("spool");
    send(ReportCodec.toProto(1, Estate.report(2, tick, 1, RunStatus.SUCCESS)));
    Executions.Execution ended = storedExecution(id, tick);
    assertEquals(1, ended.targetCount());
    assertTrue(ended.ended().isPresent());

    ingest.opened(gone, "spool", openings::add);
    ingest.received(
        gone,
        "spool",
        List.of(ReportCodec.toProto(1, Estate.report(2, tick, 1, RunStatus.FAILED))),
        answers::add);
    commit();

    Executions.Execution amended = storedExecution(id, tick);
    assertEquals(List.of(), answers.getLast().refused(), "it was not told that it left");
    assertEquals(2, amended.targetCount());
    assertTrue(amended.amended());
    assertEquals(ended.ended(), amended.ended());
    assertTrue(
        estate.store.read(read -> Compliance.find(read, gone, "Association", id.value())).isEmpty(),
        "nothing is judged of who left");
  }

  @Test
  void progressAndRepeatedSuccessAreRowsAndNoEvents() {
    hello("spool");
    send(run(1, TICK, 1, RunStatus.IN_PROGRESS), run(1, TICK, 1, RunStatus.SUCCESS));
    long before = estate.store.position();

    send(run(2, NEXT, 2, RunStatus.IN_PROGRESS), run(2, NEXT, 2, RunStatus.SUCCESS));
    assertEquals(
        List.of("ExecutionStarted", "ExecutionEnded"),
        estate.eventTypes(before),
        "the execution alone is news");

    long after = estate.store.position();
    Trigger last = new Trigger.Tick(at(15));
    send(run(3, last, 3, RunStatus.FAILED));
    assertEquals(
        List.of("ExecutionStarted", "ExecutionEnded", "RunEnded", "ComplianceChanged"),
        estate.eventTypes(after));
    EventLog.Event changed = estate.events().getLast();
    assertEquals(List.of(instance.value(), association.value()), changed.resources());
    assertEquals("COMPLIANT", changed.detail().get("before"));
    assertEquals("NON_COMPLIANT", changed.detail().get("status"));
  }

  @Test
  void theCurrentRunMovesForwardOnlyAndTheLastSuccessStays() {
    hello("spool");
    send(run(1, NEXT, 7, RunStatus.FAILED));

    send(run(2, TICK, 5, RunStatus.SUCCESS));

    Runs.Current current =
        estate.store.read(read -> Runs.current(read, instance, association)).orElseThrow();
    assertEquals(Identity.runId(instance, association, NEXT), current.runId());
    assertEquals(RunStatus.FAILED, current.status());
    assertEquals(Estate.START.plusSeconds(5), current.lastSuccess().orElseThrow());
    assertEquals(Status.NON_COMPLIANT, verdict());

    hello("another spool");
    send(run(1, new Trigger.Tick(at(15)), 1, RunStatus.SUCCESS));
    assertEquals(
        RunStatus.SUCCESS,
        estate.store.read(read -> Runs.current(read, instance, association)).orElseThrow().status(),
        "a later spool is later");
    assertEquals(Status.COMPLIANT, verdict());
  }

  @Test
  void aLateReportOfADeletedAssociationIsStoredAndChangesNothingElse() {
    hello("spool");
    send(run(1, TICK, 1, RunStatus.FAILED));
    estate.delete(association);
    assertEquals(List.of(), estate.rows("SELECT * FROM compliance_item"), "gone with it");
    List<String> current = estate.rows("SELECT * FROM current_run");
    long before = estate.store.position();

    send(run(2, NEXT, 2, RunStatus.SUCCESS));

    assertEquals(List.of(), answers.getLast().refused());
    assertEquals(RunStatus.SUCCESS, storedRun(NEXT).status());
    assertEquals(current, estate.rows("SELECT * FROM current_run"));
    assertEquals(List.of(), estate.rows("SELECT * FROM compliance_item"));
    assertEquals(List.of("ExecutionStarted", "ExecutionEnded"), estate.eventTypes(before));
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

  @Test
  void inventoryIsStoredAsItWasSentAndTheNewestWins() {
    hello("spool");
    ByteString first = ReportCodec.pack(List.of(Map.of("Name", "a")));
    ByteString second = ReportCodec.pack(List.of(Map.of("Name", "b")));

    send(inventory(1, "AWS:Application", first), inventory(2, "AWS:Application", second));

    Inventories.Inventory row =
        estate
            .store
            .read(read -> Inventories.find(read, instance, "AWS:Application"))
            .orElseThrow();
    assertEquals(second, row.content());
    assertEquals(2, answers.getLast().through().get(Lane.INVENTORY));
  }

  @Test
  void inventoryThatDoesNotUnpackOrUnpacksToTooMuchIsRefused() {
    hello("spool");

    send(
        inventory(1, "AWS:Application", ByteString.copyFromUtf8("no gzip")),
        inventory(2, "AWS:Application", gzip(new byte[64 * 1024 * 1024])),
        inventory(3, "AWS:Application", gzip(new byte[] {1, 2, 3})));

    assertEquals(
        List.of(1L, 2L, 3L),
        answers.getLast().refused().stream().map(Intake.Refused::sequence).toList());
    assertTrue(
        answers.getLast().refused().get(1).reason().contains("more than 1048576 bytes"),
        answers.getLast()::toString);
    assertEquals(List.of(), estate.rows("SELECT * FROM inventory"));
  }

  @Test
  void typesOfAnInstanceAreBounded() {
    hello("spool");
    ByteString content = ReportCodec.pack(List.of());
    for (int i = 1; i <= Limits.MAX_INVENTORY_TYPES + 1; i++) {
      send(inventory(i, "Custom:Type" + i, content));
    }
    send(inventory(99, "Custom:Type1", content));

    assertEquals(Limits.MAX_INVENTORY_TYPES, estate.rows("SELECT * FROM inventory").size());
    assertEquals(1, ingest.totals().refused());
  }

  @Test
  void aManualStartIsForThoseItWasCutTo() {
    InstanceId other = estate.addInstance(2);
    estate.enter(association, other);
    Trigger mine = estate.start(association, "a", Set.of(instance.value()));
    Trigger others = estate.start(association, "b", Set.of(other.value()));
    hello("spool");

    send(run(1, mine, 1, RunStatus.SUCCESS), run(2, others, 2, RunStatus.SUCCESS));

    assertEquals(
        List.of("manual:b was not made for this instance"),
        answers.getLast().refused().stream().map(Intake.Refused::reason).toList());
    assertTrue(storedExecution(mine).ended().isPresent());
  }

  private void hello(String spool) {
    ingest.opened(instance, spool, openings::add);
    commit();
  }

  private void send(Report... reports) {
    String spool =
        estate.store.read(read -> Lanes.spool(read, instance)).map(Lanes.Spool::epoch).orElse("");
    ingest.received(instance, spool, List.of(reports), answers::add);
    commit();
  }

  private void commit() {
    while (!committer.isEmpty()) {
      committer.poll().run();
    }
  }

  private Status verdict() {
    return estate
        .store
        .read(read -> Compliance.find(read, instance, "Association", association.value()))
        .orElseThrow()
        .status();
  }

  private Runs.Run storedRun(Trigger trigger) {
    return estate
        .store
        .read(read -> Runs.find(read, Identity.runId(instance, association, trigger)))
        .orElseThrow();
  }

  private Executions.Execution storedExecution(Trigger trigger) {
    return storedExecution(association, trigger);
  }

  private Executions.Execution storedExecution(AssociationId id, Trigger trigger) {
    return estate
        .store
        .read(read -> Executions.find(read, Identity.executionId(id, trigger)))
        .orElseThrow();
  }

  private static Instant at(int hour) {
    return Estate.START.plus(Duration.ofHours(hour - 12L));
  }

  private static Report run(long sequence, Trigger trigger, long number, RunStatus status) {
    return ReportCodec.toProto(sequence, Estate.report(1, trigger, number, status));
  }

  /** Reports that are refused, which count as stored all the same. */
  private static List<Report> batch(int from, int count) {
    List<Report> reports = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      reports.add(run(from + i, new Trigger.Change(1, 999_999), 1, RunStatus.SUCCESS));
    }
    return reports;
  }

  private static Report inventory(long sequence, String type, ByteString content) {
    return Report.newBuilder()
        .setLane(dev.holdfast.wire.agent.Lane.LANE_INVENTORY)
        .setSequence(sequence)
        .setInventory(
            InventoryReport.newBuilder()
                .setTypeName(type)
                .setSchemaVersion("1.0")
                .setCaptureTime(Times.toProto(Estate.START))
                .setContentHash(Estate.revision(1, 1).hex())
                .setContent(content))
        .build();
  }

  private static ByteString gzip(byte[] bytes) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(packed)) {
      zip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ByteString.copyFrom(packed.toByteArray());
  }
}

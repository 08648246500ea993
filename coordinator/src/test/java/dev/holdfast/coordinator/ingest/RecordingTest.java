package dev.holdfast.coordinator.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.compliance.Status;
import dev.holdfast.coordinator.link.Intake;
import dev.holdfast.coordinator.store.Compliance;
import dev.holdfast.coordinator.store.EventLog;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Inventories;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.testing.Estate;
import dev.holdfast.inventory.Items;
import dev.holdfast.report.Lane;
import dev.holdfast.report.Output;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.report.StepResult;
import dev.holdfast.task.InventoryLimits;
import dev.holdfast.wire.ReportCodec;
import dev.holdfast.wire.v1.RunStep;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What follows from the reports that are stored. */
final class RecordingTest extends IngestCase {
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
  void whatARunningStepPutOutIsStoredAndNeverTakesThePlaceOfItsEnd() {
    hello("spool");
    Report.Run begun = live("one\n", 4);
    Report.Run more = live("one\nlast", 4_711);
    Report.Run end =
        Estate.report(1, TICK, 1, RunStatus.SUCCESS, step(RunStatus.SUCCESS, "all", 5));

    send(ReportCodec.toProto(1, begun), ReportCodec.toProto(2, more));
    assertEquals(List.of(more.steps()), List.of(storedSteps()), "the newest wins");

    send(ReportCodec.toProto(1, end));
    send(ReportCodec.toProto(3, live("late", 9_999)));

    assertEquals(List.of(end.steps()), List.of(storedSteps()));
    assertEquals(List.of(), answers.getLast().refused(), "it is old news, and no mistake");
    assertEquals(
        RunStatus.SUCCESS,
        estate
            .store
            .read(read -> Runs.current(read, instance, association))
            .orElseThrow()
            .status());
  }

  private static Report.Run live(String text, long total) {
    return Estate.report(
        1, TICK, 1, RunStatus.IN_PROGRESS, step(RunStatus.IN_PROGRESS, text, total));
  }

  private static StepResult step(RunStatus status, String text, long total) {
    return new StepResult(
        "one",
        "aws:runShellScript",
        status,
        0,
        1,
        Optional.of(Estate.START),
        Optional.empty(),
        false,
        List.of(),
        new Output(ByteString.copyFromUtf8(text), ByteString.EMPTY, total),
        Output.NONE,
        "");
  }

  private List<StepResult> storedSteps() {
    ByteString steps =
        estate
            .store
            .read(read -> Runs.find(read, Identity.runId(instance, association, TICK)))
            .orElseThrow()
            .steps();
    List<StepResult> read = new ArrayList<>();
    try (InputStream in = steps.newInput()) {
      for (RunStep one = RunStep.parseDelimitedFrom(in);
          one != null;
          one = RunStep.parseDelimitedFrom(in)) {
        read.add(ReportCodec.stepFromBytes(one.toByteArray()));
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return read;
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
  void theNewestInventoryWins() {
    hello("spool");
    ByteString first = ReportCodec.pack(List.of(Map.of("Name", "a")));
    ByteString second = ReportCodec.pack(List.of(Map.of("Name", "b")));

    send(inventory(1, "AWS:Application", first), inventory(2, "AWS:Application", second));

    Inventories.Inventory row =
        estate
            .store
            .read(read -> Inventories.find(read, instance, "AWS:Application"))
            .orElseThrow();
    assertEquals(Items.hash(List.of(Map.of("Name", "b"))), row.contentHash());
    assertEquals(2, answers.getLast().through().get(Lane.INVENTORY));
  }

  @Test
  void aDifferenceFromAnotherContentAsksForTheTypeWhole() {
    hello("spool");
    List<Map<String, String>> first = List.of(Map.of("Name", "a"));
    List<Map<String, String>> second = List.of(Map.of("Name", "b"));
    send(inventory(1, "AWS:Application", ReportCodec.pack(first)));

    send(difference(2, first, second), difference(3, second, first));
    assertEquals(List.of(), answers.getLast().wholeInventory());
    assertEquals(List.of(Items.hash(first)), estate.rows("SELECT content_hash FROM inventory"));

    send(difference(4, second, first));
    assertEquals(List.of("AWS:Application"), answers.getLast().wholeInventory());
    assertEquals(List.of(), answers.getLast().refused());
    assertEquals(4, answers.getLast().through().get(Lane.INVENTORY), "it counts as stored");

    send(difference(5, second, first), inventory(6, "AWS:Application", ReportCodec.pack(second)));
    assertEquals(List.of(), answers.getLast().wholeInventory(), "it came whole meanwhile");
    assertEquals(List.of(Items.hash(second)), estate.rows("SELECT content_hash FROM inventory"));
  }

  private static dev.holdfast.wire.agent.Report difference(
      long sequence, List<Map<String, String>> before, List<Map<String, String>> after) {
    Items.Difference difference = Items.between(before, after);
    return ReportCodec.toProto(
        sequence,
        new Report.InventoryDelta(
            "AWS:Application",
            "1.0",
            Estate.START,
            Items.hash(after),
            Items.hash(before),
            difference.removed(),
            difference.added()));
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
    for (int i = 1; i <= InventoryLimits.MAX_CUSTOM_TYPES + 1; i++) {
      send(inventory(i, "Custom:Type" + i, content));
    }
    send(inventory(99, "Custom:Type1", content));

    assertEquals(InventoryLimits.MAX_CUSTOM_TYPES, estate.rows("SELECT * FROM inventory").size());
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
}

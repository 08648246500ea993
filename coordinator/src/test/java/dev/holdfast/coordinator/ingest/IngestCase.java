package dev.holdfast.coordinator.ingest;

import com.google.protobuf.ByteString;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.compliance.Status;
import dev.holdfast.coordinator.inventory.InventoryDesk;
import dev.holdfast.coordinator.inventory.Stock;
import dev.holdfast.coordinator.link.Intake;
import dev.holdfast.coordinator.store.Compliance;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Lanes;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.testing.Estate;
import dev.holdfast.inventory.Items;
import dev.holdfast.report.Lane;
import dev.holdfast.report.RunStatus;
import dev.holdfast.wire.ReportCodec;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.WireException;
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
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** An ingest over an estate with one association of one member, whose commits are told when. */
abstract class IngestCase {
  static final Trigger TICK = new Trigger.Tick(Instant.parse("2026-11-24T13:00:00Z"));
  static final Trigger NEXT = new Trigger.Tick(Instant.parse("2026-11-24T14:00:00Z"));

  @TempDir Path folder;
  final Deque<Runnable> committer = new ArrayDeque<>();
  final List<String> unstored = new ArrayList<>();
  final List<Intake.Stored> answers = new ArrayList<>();
  final List<Map<Lane, Long>> openings = new ArrayList<>();
  Estate estate;
  Ingest ingest;
  InstanceId instance;
  AssociationId association;

  @BeforeEach
  void open() {
    estate = new Estate(folder);
    instance = estate.addInstance(1);
    association = estate.addAssociation(1, "rate(1 hour)");
    estate.enter(association, instance);
    ingest =
        new Ingest(
            estate.store,
            new InventoryDesk(new Stock()),
            committer::add,
            (id, reason) -> unstored.add(id + ": " + reason));
    estate.timers.advance(Duration.ofHours(3));
  }

  @AfterEach
  void close() {
    estate.close();
  }

  void hello(String spool) {
    ingest.opened(instance, spool, openings::add);
    commit();
  }

  void send(Report... reports) {
    String spool =
        estate.store.read(read -> Lanes.spool(read, instance)).map(Lanes.Spool::epoch).orElse("");
    ingest.received(instance, spool, List.of(reports), answers::add);
    commit();
  }

  void commit() {
    while (!committer.isEmpty()) {
      committer.poll().run();
    }
  }

  Status verdict() {
    return estate
        .store
        .read(read -> Compliance.find(read, instance, "Association", association.value()))
        .orElseThrow()
        .status();
  }

  Runs.Run storedRun(Trigger trigger) {
    return estate
        .store
        .read(read -> Runs.find(read, Identity.runId(instance, association, trigger)))
        .orElseThrow();
  }

  Executions.Execution storedExecution(Trigger trigger) {
    return storedExecution(association, trigger);
  }

  Executions.Execution storedExecution(AssociationId id, Trigger trigger) {
    return estate
        .store
        .read(read -> Executions.find(read, Identity.executionId(id, trigger)))
        .orElseThrow();
  }

  static Instant at(int hour) {
    return Estate.START.plus(Duration.ofHours(hour - 12L));
  }

  static Report run(long sequence, Trigger trigger, long number, RunStatus status) {
    return ReportCodec.toProto(sequence, Estate.report(1, trigger, number, status));
  }

  /** Reports that are refused, which count as stored all the same. */
  static List<Report> batch(int from, int count) {
    List<Report> reports = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      reports.add(run(from + i, new Trigger.Change(1, 999_999), 1, RunStatus.SUCCESS));
    }
    return reports;
  }

  static Report inventory(long sequence, String type, ByteString content) {
    return Report.newBuilder()
        .setLane(dev.holdfast.wire.agent.Lane.LANE_INVENTORY)
        .setSequence(sequence)
        .setInventory(
            InventoryReport.newBuilder()
                .setTypeName(type)
                .setSchemaVersion("1.0")
                .setCaptureTime(Times.toProto(Estate.START))
                .setContentHash(hash(content))
                .setContent(content))
        .build();
  }

  private static String hash(ByteString content) {
    try {
      return Items.hash(ReportCodec.unpack(content));
    } catch (WireException e) {
      return Items.hash(List.of()); // it will not be looked at
    }
  }

  static ByteString gzip(byte[] bytes) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(packed)) {
      zip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ByteString.copyFrom(packed.toByteArray());
  }
}

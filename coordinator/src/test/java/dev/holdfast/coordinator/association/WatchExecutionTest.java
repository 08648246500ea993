package dev.holdfast.coordinator.association;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.testing.AsAdmin;
import dev.holdfast.coordinator.testing.Reader;
import dev.holdfast.report.RunStatus;
import dev.holdfast.wire.agent.OutputReport;
import dev.holdfast.wire.agent.StepReport;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.WatchAssociationExecutionRequest;
import dev.holdfast.wire.v1.WatchAssociationExecutionResponse;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** An execution as somebody watches it. */
@ExtendWith(AsAdmin.class)
final class WatchExecutionTest {
  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Fleet fleet;

  @SuppressWarnings("NullAway.Init") // set before each test
  private InstanceId a;

  @SuppressWarnings("NullAway.Init") // set before each test
  private InstanceId b;

  @SuppressWarnings("NullAway.Init") // set before each test
  private String execution;

  @BeforeEach
  void open() {
    fleet = new Fleet(folder, 100);
    fleet.createDocument("say-it", "first");
    a = fleet.enrol(1, Map.of());
    b = fleet.enrol(2, Map.of());
    String id =
        fleet
            .create(Association.newBuilder().setName("say-it").addTargets(Fleet.all()).build())
            .getAssociationId();
    execution = fleet.executions(id).getFirst().getExecutionId();
  }

  @AfterEach
  void close() {
    fleet.close();
  }

  @Test
  void itIsToldFromThePendingStartToTheEndWithLiveOutputInBetween() {
    Reader<WatchAssociationExecutionResponse> reader = watch("", 100);
    assertEquals("Pending", fleetStatus(reader.read.getFirst()));

    report(a, RunStatus.IN_PROGRESS, "half");
    report(a, RunStatus.IN_PROGRESS, "half of it");
    report(a, RunStatus.SUCCESS, "half of it, and all");
    report(b, RunStatus.FAILED, "no");

    assertEquals(
        List.of("half", "half of it", "half of it, and all", "no"),
        reader.read.stream()
            .filter(WatchAssociationExecutionResponse::hasRun)
            .map(one -> one.getRun().getSteps(0).getStdout().getHead().toStringUtf8())
            .toList());
    assertTrue(reader.completed);
    WatchAssociationExecutionResponse last = reader.read.getLast();
    assertEquals("Failed", fleetStatus(last));
    assertEquals(
        Map.of("Success", 1, "Failed", 1), last.getExecution().getResourceCountByStatusMap());
  }

  @Test
  void theCursorGoesOnWhereItStoodAlsoOnAnotherStream() {
    Reader<WatchAssociationExecutionResponse> slow = watch("", 2);
    report(a, RunStatus.IN_PROGRESS, "1");
    report(a, RunStatus.SUCCESS, "2");
    report(b, RunStatus.SUCCESS, "3");
    assertEquals(2, slow.read.size());
    fleet.advance(Duration.ofMinutes(2));
    StatusRuntimeException dropped = (StatusRuntimeException) slow.failure.orElseThrow();
    String message = String.valueOf(dropped.getMessage());
    assertTrue(message.contains("go on with cursor " + slow.read.getLast().getCursor()), message);

    Reader<WatchAssociationExecutionResponse> again = watch(slow.read.getLast().getCursor(), 100);
    assertEquals(
        List.of("2", "3"),
        again.read.stream()
            .filter(WatchAssociationExecutionResponse::hasRun)
            .map(one -> one.getRun().getSteps(0).getStdout().getHead().toStringUtf8())
            .toList());
    assertTrue(again.completed);
  }

  @Test
  void outputOfStepsThatEndedIsNotSentAgainWhileTheRunGoesOn() {
    Reader<WatchAssociationExecutionResponse> reader = watch("", 100);
    store(
        a,
        RunStatus.IN_PROGRESS,
        step("one", RunStatus.SUCCESS, "long"),
        step("two", RunStatus.IN_PROGRESS, "short"));

    var run = reader.read.getLast().hasRun() ? reader.read.getLast().getRun() : lastRun(reader);
    assertEquals("", run.getSteps(0).getStdout().getHead().toStringUtf8());
    assertEquals("short", run.getSteps(1).getStdout().getHead().toStringUtf8());
  }

  @Test
  void anExecutionThatHasEndedIsToldAndOver() {
    report(a, RunStatus.SUCCESS, "1");
    report(b, RunStatus.SUCCESS, "2");
    Reader<WatchAssociationExecutionResponse> reader = watch("", 100);
    fleet.advance(Duration.ofSeconds(1));

    assertTrue(reader.completed);
    assertEquals(3, reader.read.size());
  }

  @Test
  void unknownExecutionsAndForeignCursorsAreRefusedAndWatchersAreBounded() {
    assertEquals("NOT_FOUND", code(watch("nobody", "", 1)));
    assertEquals("INVALID_ARGUMENT", code(watch("next", 1)));
    Reader<WatchAssociationExecutionResponse> first = watch("", 1);
    watch("", 1);
    assertEquals("RESOURCE_EXHAUSTED", code(watch("", 1)));
    first.leave();
    assertFalse(watch("", 1).failure.isPresent());
  }

  private static String code(Reader<WatchAssociationExecutionResponse> reader) {
    return ((StatusRuntimeException) reader.failure.orElseThrow()).getStatus().getCode().name();
  }

  private static String fleetStatus(WatchAssociationExecutionResponse one) {
    return dev.holdfast.wire.ReportCodec.fromProto(one.getExecution().getStatus()).text();
  }

  private static dev.holdfast.wire.v1.RunProgress lastRun(
      Reader<WatchAssociationExecutionResponse> reader) {
    return reader.read.reversed().stream()
        .filter(WatchAssociationExecutionResponse::hasRun)
        .findFirst()
        .orElseThrow()
        .getRun();
  }

  private Reader<WatchAssociationExecutionResponse> watch(String cursor, int room) {
    return watch(execution, cursor, room);
  }

  private Reader<WatchAssociationExecutionResponse> watch(String id, String cursor, int room) {
    Reader<WatchAssociationExecutionResponse> reader = new Reader<>(room);
    fleet.associations.watchAssociationExecution(
        WatchAssociationExecutionRequest.newBuilder().setExecutionId(id).setCursor(cursor).build(),
        reader);
    return reader;
  }

  private void report(InstanceId instance, RunStatus status, String output) {
    store(instance, status, step("say", status, output));
  }

  private void store(InstanceId instance, RunStatus status, StepReport... steps) {
    ByteArrayOutputStream stored = new ByteArrayOutputStream();
    try {
      for (StepReport step : steps) {
        step.writeDelimitedTo(stored);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    fleet.report(execution, instance, status, stored.toByteArray());
    fleet.feeds.wake();
    fleet.advance(Duration.ofSeconds(1));
  }

  private static StepReport step(String name, RunStatus status, String output) {
    return StepReport.newBuilder()
        .setName(name)
        .setAction("aws:runShellScript")
        .setStatus(dev.holdfast.wire.ReportCodec.toProto(status))
        .setStdout(
            OutputReport.newBuilder()
                .setHead(ByteString.copyFromUtf8(output))
                .setTotalBytes(output.length()))
        .build();
  }
}

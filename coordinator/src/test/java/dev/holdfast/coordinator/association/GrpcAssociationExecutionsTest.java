package dev.holdfast.coordinator.association;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.report.Drift;
import dev.holdfast.report.Output;
import dev.holdfast.report.RunStatus;
import dev.holdfast.report.StepResult;
import dev.holdfast.wire.ReportCodec;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationExecution;
import dev.holdfast.wire.v1.AssociationExecutionTarget;
import dev.holdfast.wire.v1.DescribeAssociationExecutionTargetsRequest;
import dev.holdfast.wire.v1.DescribeAssociationExecutionsRequest;
import dev.holdfast.wire.v1.Filter;
import dev.holdfast.wire.v1.FilterOperator;
import dev.holdfast.wire.v1.GetAssociationRunRequest;
import dev.holdfast.wire.v1.GetAssociationRunResponse;
import dev.holdfast.wire.v1.RunStep;
import dev.holdfast.wire.v1.StartAssociationsOnceRequest;
import dev.holdfast.wire.v1.StartAssociationsOnceResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Executions, their targets and runs as the service shows them. */
final class GrpcAssociationExecutionsTest {
  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Fleet fleet;

  @SuppressWarnings("NullAway.Init") // set before each test
  private InstanceId a;

  @SuppressWarnings("NullAway.Init") // set before each test
  private InstanceId b;

  @SuppressWarnings("NullAway.Init") // set before each test
  private String association;

  @SuppressWarnings("NullAway.Init") // set before each test
  private String created;

  @BeforeEach
  void open() {
    fleet = new Fleet(folder, 100);
    fleet.createDocument("say-it", "first");
    a = fleet.enrol(1, Map.of("Role", "web"));
    b = fleet.enrol(2, Map.of("Role", "web"));
    association = create("disks");
    created = fleet.executions(association).getFirst().getExecutionId();
  }

  @AfterEach
  void close() {
    fleet.close();
  }

  private String create(String name) {
    return fleet
        .create(
            Association.newBuilder()
                .setName("say-it")
                .setAssociationName(name)
                .addTargets(Fleet.tag("Role", "web"))
                .build())
        .getAssociationId();
  }

  @Test
  void executionsComeNewestFirstInPagesThatNewOnesDoNotShift() {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      fleet.advance(Duration.ofMinutes(i % 2));
      expected.addFirst(start(startRequest("disks")).getExecutionIds(0));
    }
    expected.addLast(created);

    List<String> seen = new ArrayList<>();
    String token = "";
    do {
      var page =
          fleet.call(
              fleet.associations::describeAssociationExecutions,
              DescribeAssociationExecutionsRequest.newBuilder()
                  .setAssociationId("disks")
                  .setPageSize(2)
                  .setPageToken(token)
                  .build());
      page.getAssociationExecutionsList().forEach(e -> seen.add(e.getExecutionId()));
      token = page.getNextPageToken();
      start(startRequest("disks"));
    } while (!token.isEmpty());

    assertEquals(expected, seen);
    assertEquals(
        "InvalidNextToken",
        fleet
            .refused(
                fleet.associations::describeAssociationExecutions,
                DescribeAssociationExecutionsRequest.newBuilder()
                    .setAssociationId("disks")
                    .setPageToken(dev.holdfast.coordinator.admin.Pages.token("x"))
                    .build())
            .reason());
  }

  @Test
  void executionsAreFilteredByIdStatusAndTime() {
    fleet.report(created, a, RunStatus.SUCCESS);
    fleet.report(created, b, RunStatus.SUCCESS);
    fleet.advance(Duration.ofMillis(500));
    String second = start(startRequest("disks")).getExecutionIds(0);
    FilterOperator equal = FilterOperator.FILTER_OPERATOR_EQUAL;

    assertEquals(List.of(second), filtered("ExecutionId", equal, second));
    assertEquals(List.of(created), filtered("Status", equal, "Success"));
    assertEquals(List.of(created), filtered("Status", equal, "RUN_STATUS_SUCCESS"));
    assertEquals(List.of(second), filtered("Status", equal, "Pending"));
    assertEquals(
        List.of(second),
        filtered(
            "CreatedTime", FilterOperator.FILTER_OPERATOR_GREATER_THAN, "2026-11-24T12:00:00Z"));
    assertEquals(
        List.of(created),
        filtered(
            "CreatedTime",
            FilterOperator.FILTER_OPERATOR_LESS_THAN,
            "2026-11-24T13:00:00.5+01:00"));
    assertEquals(
        "InvalidFilterValue",
        fleet
            .refused(
                fleet.associations::describeAssociationExecutions,
                DescribeAssociationExecutionsRequest.newBuilder()
                    .setAssociationId("disks")
                    .addFilters(Filter.newBuilder().setKey("CreatedTime").addValues("now"))
                    .build())
            .reason());
  }

  @Test
  void anExecutionCountsItsTargets() {
    fleet.report(created, a, RunStatus.FAILED);

    AssociationExecution execution = execution(created);

    assertEquals(association, execution.getAssociationId());
    assertEquals(1, execution.getAssociationVersion());
    assertEquals("InProgress", ReportCodec.fromProto(execution.getStatus()).text());
    assertEquals(2, execution.getTargetCount());
    assertEquals(Map.of("Failed", 1, "Pending", 1), execution.getResourceCountByStatusMap());
    assertEquals(
        created,
        Identity.executionId(
            new AssociationId(association), Trigger.parse(execution.getTrigger()).orElseThrow()));
    assertFalse(execution.getAmended());
  }

  @Test
  void targetsAreFilteredAndSayWhatIsDerived() {
    fleet.report(created, a, RunStatus.FAILED);

    List<AssociationExecutionTarget> targets = fleet.targets(association, created);

    AssociationExecutionTarget reported = targets.getFirst();
    AssociationExecutionTarget derived = targets.getLast();
    assertEquals("ManagedInstance", reported.getResourceType());
    assertFalse(reported.getDerived());
    assertTrue(reported.hasEndTime());
    assertEquals(1, reported.getAttempt());
    assertTrue(derived.getDerived());
    assertFalse(derived.hasStartTime());
    assertEquals(0, derived.getAttempt());
    assertEquals(
        Identity.runId(
            b,
            new AssociationId(association),
            Trigger.parse(execution(created).getTrigger()).orElseThrow()),
        derived.getRunId());
    assertEquals(List.of(reported), targets("Status", "Failed"));
    assertEquals(List.of(derived), targets("ResourceId", b.value()));
    assertEquals(targets, targets("ResourceType", "ManagedInstance"));
    Fleet.Refused none =
        fleet.refused(
            fleet.associations::describeAssociationExecutionTargets,
            DescribeAssociationExecutionTargetsRequest.newBuilder()
                .setAssociationId(association)
                .setExecutionId("x")
                .build());
    assertEquals("AssociationExecutionDoesNotExist", none.reason());
  }

  @Test
  void aTicksTargetSaysForWhenItWas() {
    Instant at = Fleet.START.plus(Duration.ofMinutes(30));
    String tick = fleet.tick(association, at);
    fleet.report(tick, a, RunStatus.SUCCESS);

    assertEquals(Times.toProto(at), fleet.targets(association, tick).getFirst().getScheduledTime());
  }

  @Test
  void aRunHasItsStepsWithWhatTheyPutOut() {
    StepResult step =
        new StepResult(
            "say",
            "aws:runShellScript",
            RunStatus.FAILED,
            3,
            1,
            Optional.of(Fleet.START),
            Optional.of(Fleet.START.plusSeconds(2)),
            true,
            List.of(new Drift("/etc/motd", "mode", "0600", "0644")),
            new Output(ByteString.copyFromUtf8("first"), ByteString.copyFromUtf8("last"), 4_711),
            Output.NONE,
            "ExitCode");
    fleet.report(created, a, RunStatus.FAILED, stored(step, step));
    String run = fleet.targets(association, created).getFirst().getRunId();

    GetAssociationRunResponse response =
        fleet.call(
            fleet.associations::getAssociationRun,
            GetAssociationRunRequest.newBuilder().setRunId(run).build());

    assertEquals(fleet.targets(association, created).getFirst(), response.getTarget());
    assertEquals(1, response.getDocumentVersion());
    assertEquals(2, response.getStepsCount());
    RunStep shown = response.getSteps(1);
    assertEquals("say", shown.getName());
    assertEquals(3, shown.getExitCode());
    assertEquals("ExitCode", shown.getReason());
    assertEquals(4_711, shown.getStdout().getTotalBytes());
    assertEquals("last", shown.getStdout().getTail().toStringUtf8());
    assertEquals("0644", shown.getDrift(0).getDesired());
  }

  @Test
  void aRunInProgressHasWhatItsStepHasPutOutSoFar() {
    StepResult step =
        new StepResult(
            "say",
            "aws:runShellScript",
            RunStatus.IN_PROGRESS,
            0,
            1,
            Optional.of(Fleet.START),
            Optional.empty(),
            false,
            List.of(),
            new Output(ByteString.copyFromUtf8("first"), ByteString.copyFromUtf8("so far"), 4_711),
            Output.NONE,
            "");
    fleet.report(created, a, RunStatus.IN_PROGRESS, stored(step));
    String run = fleet.targets(association, created).getFirst().getRunId();

    RunStep shown =
        fleet
            .call(
                fleet.associations::getAssociationRun,
                GetAssociationRunRequest.newBuilder().setRunId(run).build())
            .getSteps(0);

    assertEquals("InProgress", ReportCodec.fromProto(shown.getStatus()).text());
    assertEquals(4_711, shown.getStdout().getTotalBytes());
    assertEquals("so far", shown.getStdout().getTail().toStringUtf8());
  }

  @Test
  void aRunThatNobodyReportedIsNotThereAndARunInProgressIsShownAsItsTarget() {
    String run = fleet.targets(association, created).getFirst().getRunId();
    GetAssociationRunRequest request = GetAssociationRunRequest.newBuilder().setRunId(run).build();

    Fleet.Refused none = fleet.refused(fleet.associations::getAssociationRun, request);
    assertEquals("AssociationRunDoesNotExist", none.reason());
    assertEquals("NOT_FOUND", none.code());

    fleet.report(created, a, RunStatus.IN_PROGRESS);
    fleet.online.remove(a);
    fleet.advance(Duration.ofDays(1));
    AssociationExecutionTarget target =
        fleet.call(fleet.associations::getAssociationRun, request).getTarget();
    assertEquals("Unreachable", target.getDetailedStatus());
    assertEquals(fleet.targets(association, created).getFirst(), target);
  }

  private static byte[] stored(StepResult... steps) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      for (StepResult step : steps) {
        ReportCodec.toProto(step).writeDelimitedTo(bytes);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return bytes.toByteArray();
  }

  private static StartAssociationsOnceRequest startRequest(String... associations) {
    return StartAssociationsOnceRequest.newBuilder()
        .addAllAssociationIds(List.of(associations))
        .build();
  }

  private StartAssociationsOnceResponse start(StartAssociationsOnceRequest request) {
    return fleet.call(fleet.associations::startAssociationsOnce, request);
  }

  private AssociationExecution execution(String id) {
    return fleet.executions(association).stream()
        .filter(execution -> execution.getExecutionId().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private List<String> filtered(String key, FilterOperator operator, String value) {
    return fleet
        .call(
            fleet.associations::describeAssociationExecutions,
            DescribeAssociationExecutionsRequest.newBuilder()
                .setAssociationId("disks")
                .addFilters(Filter.newBuilder().setKey(key).addValues(value).setOperator(operator))
                .build())
        .getAssociationExecutionsList()
        .stream()
        .map(AssociationExecution::getExecutionId)
        .toList();
  }

  private List<AssociationExecutionTarget> targets(String key, String value) {
    return fleet
        .call(
            fleet.associations::describeAssociationExecutionTargets,
            DescribeAssociationExecutionTargetsRequest.newBuilder()
                .setAssociationId("disks")
                .setExecutionId(created)
                .addFilters(Filter.newBuilder().setKey(key).addValues(value))
                .build())
        .getAssociationExecutionTargetsList();
  }
}

package dev.holdfast.coordinator.association;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.store.EventLog;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.report.Drift;
import dev.holdfast.report.Output;
import dev.holdfast.report.RunStatus;
import dev.holdfast.report.StepResult;
import dev.holdfast.wire.ReportCodec;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationExecution;
import dev.holdfast.wire.v1.AssociationExecutionTarget;
import dev.holdfast.wire.v1.CancelAssociationExecutionRequest;
import dev.holdfast.wire.v1.CancelAssociationExecutionResponse;
import dev.holdfast.wire.v1.DeleteDocumentRequest;
import dev.holdfast.wire.v1.DescribeAssociationExecutionTargetsRequest;
import dev.holdfast.wire.v1.DescribeAssociationExecutionsRequest;
import dev.holdfast.wire.v1.Filter;
import dev.holdfast.wire.v1.FilterOperator;
import dev.holdfast.wire.v1.GetAssociationRunRequest;
import dev.holdfast.wire.v1.GetAssociationRunResponse;
import dev.holdfast.wire.v1.RunStep;
import dev.holdfast.wire.v1.StartAssociationsOnceRequest;
import dev.holdfast.wire.v1.StartAssociationsOnceResponse;
import dev.holdfast.wire.v1.Warning;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Executions and runs through their service: starting, cancelling, reading. */
final class GrpcAssociationRunsTest {
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
  void aManualStartRunsAllAssociationsThatAreNamedOnAllTheirMembers() {
    String other = create("other");
    long position = fleet.store.position();

    StartAssociationsOnceResponse response = start(startRequest("disks", other));

    assertEquals(2, response.getExecutionIdsCount());
    String first = response.getExecutionIds(0);
    assertEquals("Pending/Scheduled", fleet.standing(association, first, a));
    assertEquals("Pending/Scheduled", fleet.standing(association, first, b));
    assertEquals("Pending/Scheduled", fleet.standing(other, response.getExecutionIds(1), a));
    List<EventLog.Event> events = fleet.eventsAfter(position);
    assertEquals(
        List.of(List.of(association, first), List.of(other, response.getExecutionIds(1))),
        events.stream().map(EventLog.Event::resources).toList());
    assertEquals("started by ann", events.getFirst().detail().get("cause"));
    assertEquals(
        List.of(association, first, other, response.getExecutionIds(1)),
        fleet.newestAudit().resources());
  }

  @Test
  void aManualStartIsCutToTheInstancesThatItNames() {
    String execution =
        start(startRequest("disks").toBuilder().addInstanceIds(b.value()).build())
            .getExecutionIds(0);

    assertEquals("", fleet.standing(association, execution, a));
    assertEquals("Pending/Scheduled", fleet.standing(association, execution, b));
    assertEquals(1, execution(execution).getTargetCount());
    InstanceId stranger = fleet.enrol(3, Map.of());
    Fleet.Refused refused =
        fleet.refused(
            fleet.associations::startAssociationsOnce,
            startRequest("disks").toBuilder()
                .addInstanceIds(stranger.value())
                .addInstanceIds("nobody")
                .build());
    assertEquals("InvalidInstanceId", refused.reason());
    assertEquals("NOT_FOUND", refused.code());
    assertTrue(refused.findings().getOrDefault("instance_ids", "").contains("'nobody'"));
    assertEquals(2, fleet.executions(association).size(), "nothing was started");
  }

  @Test
  void aManualStartWaitsForADayUnlessItSaysOtherwise() {
    String day = start(startRequest("disks")).getExecutionIds(0);
    String hour =
        start(
                startRequest("disks").toBuilder()
                    .setExpires(Times.toProto(Fleet.START.plus(Duration.ofHours(1))))
                    .build())
            .getExecutionIds(0);

    fleet.advance(Duration.ofHours(1).plusMillis(1));
    assertEquals("Skipped/Expired", fleet.standing(association, hour, a));
    assertEquals("Pending/Scheduled", fleet.standing(association, day, a));
    fleet.advance(Duration.ofHours(23));
    assertEquals("Skipped/Expired", fleet.standing(association, day, a));
    for (Duration expires : List.of(Duration.ZERO, Duration.ofDays(32))) {
      assertEquals(
          Set.of("expires"),
          fleet
              .refused(
                  fleet.associations::startAssociationsOnce,
                  startRequest("disks").toBuilder()
                      .setExpires(Times.toProto(fleet.timers.now().plus(expires)))
                      .build())
              .findings()
              .keySet());
    }
  }

  @Test
  void aManualStartThatCannotBeIsRefusedWhole() {
    assertEquals("ValidationError", refusedStart(startRequest()));
    assertEquals(
        "ValidationError",
        refusedStart(startRequest("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11")));
    assertEquals("ValidationError", refusedStart(startRequest("disks", association)));
    assertEquals("AssociationDoesNotExist", refusedStart(startRequest("disks", "nobody")));
    assertEquals(1, fleet.executions(association).size());

    fleet.call(
        fleet.documents::deleteDocument,
        DeleteDocumentRequest.newBuilder().setName("say-it").setForce(true).build());
    assertEquals("InvalidDocument", refusedStart(startRequest("disks")));
  }

  @Test
  void eachManualStartIsOneOfItsOwnButForTheSameClientToken() {
    StartAssociationsOnceRequest named =
        startRequest("disks").toBuilder().setClientToken("once").build();

    String first = start(named).getExecutionIds(0);

    assertEquals(first, start(named).getExecutionIds(0));
    assertNotEquals(first, start(startRequest("disks")).getExecutionIds(0));
    assertEquals(3, fleet.executions(association).size());
    fleet.advance(Duration.ofHours(25));
    assertNotEquals(first, start(named).getExecutionIds(0), "a day later it is another one");
  }

  @Test
  void anExecutionIsCancelledForAllWhoHaveNotEnded() {
    fleet.report(created, a, RunStatus.SUCCESS);
    long position = fleet.store.position();

    assertEquals(List.of(), cancel(created).getWarningsList());
    assertEquals(List.of(), cancel(created).getWarningsList());

    assertEquals("Success/Success", fleet.standing(association, created, a));
    assertEquals("Cancelled/CancelRequested", fleet.standing(association, created, b));
    List<EventLog.Event> events = fleet.eventsAfter(position);
    assertEquals(List.of("ExecutionCancelled"), events.stream().map(EventLog.Event::type).toList());
    assertEquals(List.of(association, created), events.getFirst().resources());
    assertEquals("CancelAssociationExecution", fleet.newestAudit().method());
  }

  @Test
  void anExecutionIsCancelledForSome() {
    cancel(created, a);

    assertEquals("Cancelled/CancelRequested", fleet.standing(association, created, a));
    assertEquals("Pending/Scheduled", fleet.standing(association, created, b));
    assertEquals(Set.of(a), fleet.store.read(read -> Executions.cancelledFor(read, created)));
  }

  @Test
  void aRunInProgressThatIsCancelledStaysSoUntilItsEndIsReported() {
    fleet.report(created, a, RunStatus.IN_PROGRESS);
    cancel(created);

    assertEquals("InProgress/InProgress", fleet.standing(association, created, a));
    fleet.report(created, a, RunStatus.CANCELLED);
    assertEquals("Cancelled/Cancelled", fleet.standing(association, created, a));
  }

  @Test
  void whatHasEndedIsNotCancelledAndSaysSo() {
    fleet.report(created, a, RunStatus.SUCCESS);
    fleet.report(created, b, RunStatus.FAILED);
    long position = fleet.store.position();

    assertEquals(
        List.of("AlreadyEnded"),
        cancel(created).getWarningsList().stream().map(Warning::getCode).toList());
    assertEquals(position, fleet.store.position());
    Fleet.Refused stranger =
        fleet.refused(
            fleet.associations::cancelAssociationExecution,
            cancelRequest(created).addInstanceIds("mi-0000000000000000f").build());
    assertEquals("InvalidInstanceId", stranger.reason());
    String other = create("other");
    Fleet.Refused another =
        fleet.refused(
            fleet.associations::cancelAssociationExecution,
            cancelRequest(fleet.executions(other).getFirst().getExecutionId()).build());
    assertEquals("AssociationExecutionDoesNotExist", another.reason());
    assertEquals("NOT_FOUND", another.code());
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

  private String refusedStart(StartAssociationsOnceRequest request) {
    return fleet.refused(fleet.associations::startAssociationsOnce, request).reason();
  }

  private CancelAssociationExecutionRequest.Builder cancelRequest(String execution) {
    return CancelAssociationExecutionRequest.newBuilder()
        .setAssociationId("disks")
        .setExecutionId(execution);
  }

  private CancelAssociationExecutionResponse cancel(String execution, InstanceId... instances) {
    return fleet.call(
        fleet.associations::cancelAssociationExecution,
        cancelRequest(execution)
            .addAllInstanceIds(List.of(instances).stream().map(InstanceId::value).toList())
            .build());
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

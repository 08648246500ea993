package dev.holdfast.coordinator.association;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Cancellations;
import dev.holdfast.coordinator.store.EventLog;
import dev.holdfast.coordinator.store.InstanceState;
import dev.holdfast.report.RunStatus;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationExecution;
import dev.holdfast.wire.v1.CancelAssociationExecutionRequest;
import dev.holdfast.wire.v1.CancelAssociationExecutionResponse;
import dev.holdfast.wire.v1.DeleteDocumentRequest;
import dev.holdfast.wire.v1.StartAssociationsOnceRequest;
import dev.holdfast.wire.v1.StartAssociationsOnceResponse;
import dev.holdfast.wire.v1.Warning;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Executions started and cancelled through the service. */
final class GrpcAssociationStartsTest {
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
    assertEquals(Set.of(a), fleet.store.read(read -> Cancellations.cancelledFor(read, created)));
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
  void whatStartsWhileAnInstanceIsOnTwoMachinesWaitsForTheOneThatIsPicked() {
    fleet.report(created, a, RunStatus.IN_PROGRESS);
    fleet.become(a, InstanceState.DUPLICATE);

    String meanwhile = start(startRequest("disks")).getExecutionIds(0);
    String named =
        start(startRequest("disks").toBuilder().addInstanceIds(a.value()).build())
            .getExecutionIds(0);

    assertEquals(Set.of(a, b), fleet.members(association));
    assertEquals("Pending/Offline", fleet.standing(association, meanwhile, a));
    assertEquals("Pending/Offline", fleet.standing(association, named, a));
    assertEquals(2, execution(meanwhile).getTargetCount());
    assertEquals(Map.of("Pending", 2), execution(meanwhile).getResourceCountByStatusMap());
    assertEquals(1, execution(named).getTargetCount());
    assertEquals(
        "InProgress/InProgress",
        fleet.standing(association, created, a),
        "what runs goes on; its end will be told");

    int executions = fleet.executions(association).size();
    fleet.become(a, InstanceState.ACTIVE);
    assertEquals(
        executions,
        fleet.executions(association).size(),
        "it never left, so nothing runs for its coming back");
    assertEquals("Pending/Scheduled", fleet.standing(association, meanwhile, a));
    fleet.report(created, a, RunStatus.SUCCESS);
    fleet.report(meanwhile, a, RunStatus.SUCCESS);
    assertEquals("Success/Success", fleet.standing(association, created, a));
    assertEquals(
        Map.of("Success", 1, "Pending", 1), execution(meanwhile).getResourceCountByStatusMap());
  }

  @Test
  void anInstanceThatIsThrownOutIsNoTargetAnyMore() {
    fleet.become(a, InstanceState.REVOKED);

    String meanwhile = start(startRequest("disks")).getExecutionIds(0);

    assertEquals(Set.of(b), fleet.members(association));
    assertEquals("", fleet.standing(association, meanwhile, a));
    assertEquals(1, execution(meanwhile).getTargetCount());
    assertEquals("Skipped/NotTargeted", fleet.standing(association, created, a));
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
}

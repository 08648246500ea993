package dev.holdfast.coordinator.association;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.assignment.AssignmentReference;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.assignment.Generation;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.Linked;
import dev.holdfast.coordinator.store.InstanceState;
import dev.holdfast.report.RunStatus;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.ExplainAssociationRequest;
import dev.holdfast.wire.v1.ExplainAssociationResponse;
import dev.holdfast.wire.v1.ExplanationReason;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Why an association runs, or does not, on one instance. */
final class ExplainAssociationTest {
  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Fleet fleet;

  @SuppressWarnings("NullAway.Init") // set before each test
  private InstanceId web;

  @SuppressWarnings("NullAway.Init") // set before each test
  private InstanceId db;

  @SuppressWarnings("NullAway.Init") // set before each test
  private String hourly;

  @BeforeEach
  void open() {
    fleet = new Fleet(folder, 100);
    fleet.createDocument("say-it", "first");
    web = fleet.enrol(1, Map.of("Role", "web", "Site", "kiel"));
    db = fleet.enrol(2, Map.of("Role", "db"));
    hourly =
        fleet
            .create(
                Association.newBuilder()
                    .setName("say-it")
                    .setScheduleExpression("rate(1 hour)")
                    .addTargets(Fleet.tag("Role", "web"))
                    .build())
            .getAssociationId();
  }

  @AfterEach
  void close() {
    fleet.close();
  }

  @Test
  void whoIsNoTargetIsToldWhichTargetItDoesNotMeet() {
    ExplainAssociationResponse answer = explain(db);

    assertFalse(answer.getTargeted());
    assertEquals(List.of("NOT_TARGETED"), codes(answer));
    assertTrue(
        answer.getReasons(0).getMessage().contains("tag:Role is none of web"), answer.toString());
    assertEquals(0, answer.getVersionWanted());
  }

  @Test
  void whoIsNotLetInIsToldSoWhetherItIsATargetOrNot() {
    fleet.become(web, InstanceState.DUPLICATE);
    assertEquals(List.of("NOT_APPROVED"), codes(explain(web)));
    assertTrue(explain(web).getTargeted());

    fleet.become(web, InstanceState.PENDING);
    assertEquals(List.of("NOT_APPROVED"), codes(explain(web)));
    assertFalse(explain(web).getTargeted());
  }

  @Test
  void aTargetIsToldByWhatItIsOneWhatItHoldsAndWhatItWaitsFor() {
    holds(web, "1.3", true, List.of());
    ExplainAssociationResponse answer = explain(web);
    assertTrue(answer.getTargeted());
    assertEquals(List.of("tag:Role=web"), answer.getMatchedByList());
    assertEquals("1.3", answer.getGenerationHeld());
    assertEquals("1.3", answer.getGenerationWanted());
    assertEquals(1, answer.getVersionHeld());
    assertEquals(1, answer.getVersionWanted());
    assertEquals(List.of("QUEUED"), codes(answer));

    Instant since = fleet.timers.now();
    String trigger = fleet.executions(hourly).getFirst().getTrigger();
    holds(
        web,
        "1.3",
        true,
        List.of(new Linked.Wait(fleet.row(hourly).id(), trigger, Linked.For.HOST_SLOT, since)));
    ExplanationReason queued = explain(web).getReasons(0);
    assertEquals("QUEUED", queued.getCode());
    assertTrue(queued.getMessage().startsWith(trigger + " waits for a slot"), queued.toString());
    assertEquals(since.getEpochSecond(), queued.getSince().getSeconds());

    for (Linked.For reason :
        List.of(
            Linked.For.PARKED,
            Linked.For.SAFE_MODE,
            Linked.For.HOST_POLICY,
            Linked.For.HOST_DISK)) {
      holds(
          web,
          "1.3",
          true,
          List.of(new Linked.Wait(fleet.row(hourly).id(), trigger, reason, since)));
      ExplanationReason told = explain(web).getReasons(0);
      String expected =
          switch (reason) {
            case PARKED -> "PARKED is left alone";
            case SAFE_MODE -> "PARKED waits for the end of safe mode";
            case HOST_POLICY -> "FROZEN waits for the policy of its host";
            default -> "QUEUED waits for room on the disk";
          };
      assertTrue(told.getMessage().startsWith(trigger + expected.substring(6)), told.toString());
      assertEquals(expected.substring(0, 6), told.getCode());
    }

    holds(web, "1.2", false, List.of());
    assertEquals(List.of("FETCHING"), codes(explain(web)));

    fleet.linked = Linked.NOBODY;
    fleet.online.remove(web);
    ExplainAssociationResponse offline = explain(web);
    assertEquals(List.of("OFFLINE"), codes(offline));
    assertEquals("", offline.getGenerationHeld());
    assertFalse(offline.getGenerationWanted().isEmpty());
  }

  @Test
  void aRunInProgressThenItsVerdictAndTheNextTickAreTold() {
    holds(web, "1.3", true, List.of());
    String execution = fleet.executions(hourly).getFirst().getExecutionId();
    fleet.report(execution, web, RunStatus.IN_PROGRESS);
    assertEquals(List.of("RUNNING"), codes(explain(web)));

    fleet.report(execution, web, RunStatus.FAILED);
    ExplainAssociationResponse ended = explain(web);
    assertEquals(List.of("WAITING_FOR_TICK"), codes(ended));
    assertEquals(
        Fleet.START.plus(Duration.ofHours(1)).getEpochSecond(), ended.getNextRun().getSeconds());
    assertEquals("Failed", ended.getLastRun().getDetailedStatus());
    assertEquals(execution, ended.getLastRun().getExecutionId());
  }

  @Test
  void aTickThatCameIsOutstandingUntilItIsReported() {
    holds(web, "1.3", true, List.of());
    fleet.report(fleet.executions(hourly).getFirst().getExecutionId(), web, RunStatus.SUCCESS);
    fleet.advance(Duration.ofHours(1));
    String tick = fleet.tick(hourly, fleet.timers.now());

    fleet.online.remove(web);
    assertEquals(List.of("OFFLINE"), codes(explain(web)));
    fleet.online.add(web);
    assertEquals(List.of("QUEUED"), codes(explain(web)));
    fleet.report(tick, web, RunStatus.SUCCESS);
    assertEquals(List.of("WAITING_FOR_TICK"), codes(explain(web)));
  }

  @Test
  void unknownOnesAreRefusedAndADocumentThatIsGoneIsSaid() {
    assertEquals(
        "AssociationDoesNotExist",
        fleet
            .refused(
                fleet.associations::explainAssociation,
                ExplainAssociationRequest.newBuilder()
                    .setAssociationId("nobody")
                    .setInstanceId(web.value())
                    .build())
            .reason());
    assertEquals(
        "InvalidInstanceId",
        fleet
            .refused(
                fleet.associations::explainAssociation,
                ExplainAssociationRequest.newBuilder()
                    .setAssociationId(hourly)
                    .setInstanceId("mi-00000000000000099")
                    .build())
            .reason());
    fleet.call(
        fleet.documents::deleteDocument,
        dev.holdfast.wire.v1.DeleteDocumentRequest.newBuilder()
            .setName("say-it")
            .setForce(true)
            .build());
    assertEquals(List.of("INVALID_DOCUMENT"), codes(explain(web)));
  }

  private void holds(
      InstanceId instance, String generation, boolean settled, List<Linked.Wait> waits) {
    var row = fleet.row(hourly);
    Generation at = new Generation(1, Long.parseLong(generation.substring(2)));
    AssignmentSet set =
        new AssignmentSet(
            at,
            List.of(new AssignmentReference(row.id(), row.revision().orElseThrow(), Fleet.START)),
            List.of(),
            List.of());
    Linked.Standing standing =
        new Linked.Standing(
            at,
            Optional.of(settled ? set.sha256() : AssignmentSet.NONE.sha256()),
            settled ? Optional.of(set) : Optional.empty(),
            Optional.of(set),
            settled,
            waits,
            List.of());
    fleet.linked = asked -> asked.equals(instance) ? Optional.of(standing) : Optional.empty();
  }

  private ExplainAssociationResponse explain(InstanceId instance) {
    return fleet.call(
        fleet.associations::explainAssociation,
        ExplainAssociationRequest.newBuilder()
            .setAssociationId(hourly)
            .setInstanceId(instance.value())
            .build());
  }

  private static List<String> codes(ExplainAssociationResponse answer) {
    return answer.getReasonsList().stream().map(ExplanationReason::getCode).toList();
  }
}

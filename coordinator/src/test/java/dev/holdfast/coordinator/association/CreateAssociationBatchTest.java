package dev.holdfast.coordinator.association;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.association.AssociationId;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationDescription;
import dev.holdfast.wire.v1.CreateAssociationBatchRequest;
import dev.holdfast.wire.v1.CreateAssociationBatchResponse;
import dev.holdfast.wire.v1.FailedCreateAssociation;
import dev.holdfast.wire.v1.Fault;
import dev.holdfast.wire.v1.ListAssociationsRequest;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several associations by one request, of which some may be refused. */
final class CreateAssociationBatchTest {
  private static final int GUARD = 3;

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Fleet fleet;

  @BeforeEach
  void open() {
    fleet = new Fleet(folder, GUARD);
    fleet.createDocument("say-it", "first");
  }

  @AfterEach
  void close() {
    fleet.close();
  }

  @Test
  void whatCanBeIsCreatedAndTheRestIsToldWithItsReason() {
    fleet.enrol(1, Map.of());
    CreateAssociationBatchResponse answer =
        batch(
            0,
            named("one").addTargets(Fleet.all()).build(),
            Association.newBuilder()
                .setName("no-such-document")
                .setScheduleExpression("never")
                .build(),
            named("one").build(),
            named("two").build());

    assertEquals(List.of("one", "two"), names(answer));
    FailedCreateAssociation unknown = answer.getFailed(0);
    assertEquals(1, unknown.getIndex());
    assertEquals(Fault.FAULT_CLIENT, unknown.getFault());
    assertEquals("InvalidDocument", unknown.getReason());
    assertEquals("no-such-document", unknown.getEntry().getName());
    assertTrue(unknown.getMessage().contains("entries[1].name: "), unknown.getMessage());
    assertTrue(
        unknown.getMessage().contains("entries[1].schedule_expression: "), unknown.getMessage());
    assertEquals("AssociationAlreadyExists", answer.getFailed(1).getReason());
    assertEquals(
        List.of("entries[3].targets"),
        answer.getWarningsList().stream().map(w -> w.getField()).toList());
    AssociationDescription first = answer.getSuccessful(0);
    assertEquals(1, fleet.executions(first.getAssociationId()).size());
    assertEquals(2, associations());
  }

  @Test
  void aRefusedEntryLeavesNothingBehindAndLogPositionsStayDense() {
    for (int i = 1; i <= GUARD + 1; i++) {
      fleet.enrol(i, Map.of("Role", i == 1 ? "web" : "db"));
    }
    long position = fleet.store.position();

    CreateAssociationBatchResponse answer =
        batch(
            0,
            named("all").addTargets(Fleet.all()).build(),
            named("web").addTargets(Fleet.tag("Role", "web")).build());

    assertEquals("BlastRadius", answer.getFailed(0).getReason());
    AssociationDescription created = answer.getSuccessful(0);
    assertEquals(1, fleet.members(created.getAssociationId()).size());
    assertEquals(
        List.of(position + 1, position + 2),
        fleet.eventsAfter(position).stream().map(event -> event.position()).toList());
    assertEquals(position + 2, fleet.store.position());
    assertEquals(
        1, fleet.store.<Integer>read(read -> Associations.list(read, "", 10).size()), "rows");
    // and the index forgot it too
    fleet.enrol(99, Map.of());
    assertEquals(1, fleet.members(created.getAssociationId()).size());
  }

  @Test
  void theGuardCountsAllEntriesTogetherAndRefusedOnesNot() {
    for (int i = 1; i <= 6; i++) {
      fleet.enrol(i, Map.of("Role", i <= 2 ? "web" : i <= 4 ? "db" : "till"));
    }
    Association web = named("web").addTargets(Fleet.tag("Role", "web")).build();
    Association db = named("db").addTargets(Fleet.tag("Role", "db")).build();
    Association webAgain = named("again").addTargets(Fleet.tag("Role", "web")).build();

    CreateAssociationBatchResponse answer = batch(0, web, db, webAgain);

    assertEquals(List.of("web", "again"), names(answer));
    assertTrue(answer.getFailed(0).getMessage().contains("4"), answer.getFailed(0).getMessage());
    Association till = named("till").addTargets(Fleet.tag("Role", "till")).build();
    assertEquals(List.of("db", "till"), names(batch(4, db, till)));
  }

  @Test
  void aBatchIsNeitherEmptyNorEndless() {
    for (int size : List.of(0, 51)) {
      Fleet.Refused refused =
          fleet.refused(
              fleet.associations::createAssociationBatch,
              CreateAssociationBatchRequest.newBuilder()
                  .addAllEntries(Collections.nCopies(size, named("x").build()))
                  .build());
      assertEquals("ValidationError", refused.reason());
      assertEquals(
          "has " + size + " items; 1 to 50 are allowed", refused.findings().get("entries"));
    }
  }

  @Test
  void theSameTokenGivesTheSameAnswerAndCreatesNothing() {
    CreateAssociationBatchRequest request =
        CreateAssociationBatchRequest.newBuilder()
            .addEntries(named("one"))
            .addEntries(Association.newBuilder().setName("no-such-document"))
            .setClientToken("t-1")
            .build();
    CreateAssociationBatchResponse first =
        fleet.call(fleet.associations::createAssociationBatch, request);

    assertEquals(first, fleet.call(fleet.associations::createAssociationBatch, request));
    assertEquals(1, associations());
  }

  @Test
  void theAuditTrailNamesWhatWasCreatedAndHasNoParametersOfAnyEntry() {
    CreateAssociationBatchResponse answer =
        batch(
            0,
            named("one").setParameters(EditScene.message("a secret")).build(),
            named("two").setParameters(EditScene.message("a secret")).build());

    var entry = fleet.newestAudit();
    assertEquals("CreateAssociationBatch", entry.method());
    assertEquals(
        answer.getSuccessfulList().stream().map(AssociationDescription::getAssociationId).toList(),
        entry.resources());
    assertTrue(entry.request().contains("batch-two"), entry.request());
    assertFalse(entry.request().contains("a secret"), entry.request());
    assertTrue(AssociationId.isValid(entry.resources().getFirst()));
  }

  private static Association.Builder named(String name) {
    return Association.newBuilder().setName("say-it").setAssociationName("batch-" + name);
  }

  private static List<String> names(CreateAssociationBatchResponse answer) {
    return answer.getSuccessfulList().stream()
        .map(description -> description.getAssociation().getAssociationName().replace("batch-", ""))
        .toList();
  }

  private CreateAssociationBatchResponse batch(int acknowledged, Association... entries) {
    return fleet.call(
        fleet.associations::createAssociationBatch,
        CreateAssociationBatchRequest.newBuilder()
            .addAllEntries(List.of(entries))
            .setAcknowledgeTargets(acknowledged)
            .build());
  }

  private int associations() {
    return fleet
        .call(fleet.associations::listAssociations, ListAssociationsRequest.getDefaultInstance())
        .getAssociationsCount();
  }
}

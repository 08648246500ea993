package dev.holdfast.coordinator.association;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.FieldMask;
import com.google.protobuf.Value;
import dev.holdfast.association.InstanceId;
import dev.holdfast.report.RunStatus;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationDescription;
import dev.holdfast.wire.v1.DeleteAssociationRequest;
import dev.holdfast.wire.v1.DeleteDocumentRequest;
import dev.holdfast.wire.v1.DescribeAssociationRequest;
import dev.holdfast.wire.v1.Filter;
import dev.holdfast.wire.v1.FilterOperator;
import dev.holdfast.wire.v1.ListAssociationVersionsRequest;
import dev.holdfast.wire.v1.ListAssociationsRequest;
import dev.holdfast.wire.v1.UpdateAssociationRequest;
import dev.holdfast.wire.v1.UpdateAssociationResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Associations as the service shows them. */
final class GrpcAssociationListsTest {
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
  void versionsAreKeptAndListedNewestFirst() {
    create(b -> b.setAssociationName("disks"));
    for (int i = 2; i <= 5; i++) {
      int number = i;
      fleet.advance(Duration.ofMinutes(1));
      update("disks", b -> b.putTags("number", Integer.toString(number)), "tags");
    }

    assertEquals("3", describe("disks", "3").getAssociation().getTagsOrDefault("number", ""));
    assertEquals("5", describe("disks", "$LATEST").getAssociation().getTagsOrDefault("number", ""));
    Fleet.Refused none =
        fleet.refused(
            fleet.associations::describeAssociation,
            DescribeAssociationRequest.newBuilder()
                .setAssociationId("disks")
                .setAssociationVersion("6")
                .build());
    assertEquals("InvalidAssociationVersion", none.reason());
    List<Integer> versions = new ArrayList<>();
    String token = "";
    do {
      var page =
          fleet.call(
              fleet.associations::listAssociationVersions,
              ListAssociationVersionsRequest.newBuilder()
                  .setAssociationId("disks")
                  .setPageSize(2)
                  .setPageToken(token)
                  .build());
      page.getAssociationVersionsList().forEach(v -> versions.add(v.getAssociationVersion()));
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    assertEquals(List.of(5, 4, 3, 2, 1), versions);
  }

  @Test
  void everyVersionHasTheParametersAndTargetsOfItsTime() {
    create(b -> b.setAssociationName("disks").setParameters(EditScene.message("one")));
    update("disks", b -> b.setParameters(EditScene.message("two")), "parameters");
    update("disks", b -> b.addTargets(Fleet.all()), "targets");
    update("disks", b -> b, "parameters");

    List<Association> versions =
        fleet
            .call(
                fleet.associations::listAssociationVersions,
                ListAssociationVersionsRequest.newBuilder().setAssociationId("disks").build())
            .getAssociationVersionsList()
            .stream()
            .map(AssociationDescription::getAssociation)
            .toList();

    assertEquals(
        List.of("", "two", "two", "one"),
        versions.stream()
            .map(
                version ->
                    version
                        .getParameters()
                        .getFieldsOrDefault("Message", Value.getDefaultInstance())
                        .getStringValue())
            .toList());
    assertEquals(List.of(1, 1, 0, 0), versions.stream().map(Association::getTargetsCount).toList());
    assertEquals(versions.get(3), describe("disks", "1").getAssociation());
  }

  @Test
  void listsAreFilteredAndPaged() {
    InstanceId instance = fleet.enrol(1, Map.of());
    fleet.createDocument("other", "other");
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      int number = i;
      ids.add(
          create(
                  b ->
                      b.setAssociationName("name-" + number)
                          .setName(number < 2 ? "say-it" : "other")
                          .addTargets(Fleet.all()))
              .getAssociationId());
    }
    String id = ids.getFirst();
    fleet.report(fleet.executions(id).getFirst().getExecutionId(), instance, RunStatus.TIMED_OUT);
    fleet.report(
        fleet.executions(ids.get(1)).getFirst().getExecutionId(), instance, RunStatus.SUCCESS);

    assertEquals(3, filtered("Name", "other").size());
    assertEquals(List.of(id), idsOf(filtered("AssociationId", id)));
    assertEquals(List.of(ids.get(4)), idsOf(filtered("AssociationName", "name-4")));
    assertEquals(List.of(id), idsOf(filtered("AssociationStatusName", "Failed")));
    assertEquals(List.of(ids.get(1)), idsOf(filtered("AssociationStatusName", "Success")));
    assertEquals(3, filtered("AssociationStatusName", "Pending").size());
    assertEquals(
        "InvalidFilterKey",
        fleet
            .refused(
                fleet.associations::listAssociations,
                ListAssociationsRequest.newBuilder()
                    .addFilters(Filter.newBuilder().setKey("Colour").addValues("red"))
                    .build())
            .reason());
    AssociationDescription failed = describe(id, "");
    assertEquals("TimedOut", failed.getOverview().getDetailedStatus());
    assertTrue(failed.hasLastExecutionDate());
    assertFalse(failed.hasLastSuccessfulExecutionDate());
    assertTrue(describe(ids.get(1), "").hasLastSuccessfulExecutionDate());
    List<AssociationDescription> all = new ArrayList<>();
    String token = "";
    do {
      var page =
          fleet.call(
              fleet.associations::listAssociations,
              ListAssociationsRequest.newBuilder().setPageSize(2).setPageToken(token).build());
      all.addAll(page.getAssociationsList());
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    assertEquals(ids, idsOf(all));
    assertEquals(failed, all.getFirst(), "a list says what a description says");
    assertEquals(
        "InvalidNextToken",
        fleet
            .refused(
                fleet.associations::listAssociations,
                ListAssociationsRequest.newBuilder().setPageToken("x").build())
            .reason());
  }

  @Test
  void anAssociationThatAppliesToNobodyOrCannotRunSaysSo() {
    String nobody = create(b -> b.addTargets(Fleet.tag("Role", "none"))).getAssociationId();
    assertEquals("Pending", describe(nobody, "").getOverview().getStatus());
    assertEquals("NoTargets", describe(nobody, "").getOverview().getDetailedStatus());
    assertEquals("NoTargets", fleet.executions(nobody).getFirst().getDetailedStatus());

    fleet.call(
        fleet.documents::deleteDocument,
        DeleteDocumentRequest.newBuilder().setName("say-it").setForce(true).build());

    assertEquals("Failed", describe(nobody, "").getOverview().getStatus());
    assertEquals("InvalidDocument", describe(nobody, "").getOverview().getDetailedStatus());
  }

  @Test
  void whatIsDeletedAnswersNothingButItsExecutionsById() {
    InstanceId instance = fleet.enrol(1, Map.of());
    String id =
        create(b -> b.setAssociationName("disks").addTargets(Fleet.all())).getAssociationId();
    String execution = fleet.executions(id).getFirst().getExecutionId();
    fleet.report(execution, instance, RunStatus.SUCCESS);

    delete("disks");

    assertEquals("Success/Success", fleet.standing(id, execution, instance));
    assertEquals(1, fleet.executions(id).size());
    assertEquals(List.of(), list(ListAssociationsRequest.getDefaultInstance()));
    for (String name : List.of(id, "disks")) {
      assertEquals(
          "AssociationDoesNotExist",
          fleet
              .refused(
                  fleet.associations::deleteAssociation,
                  DeleteAssociationRequest.newBuilder().setAssociationId(name).build())
              .reason());
      assertEquals(
          "AssociationDoesNotExist", refusedUpdate(name, b -> b.putTags("a", "1"), "tags"));
    }
  }

  private AssociationDescription create(UnaryOperator<Association.Builder> to) {
    return fleet.create(to.apply(Association.newBuilder().setName("say-it")).build());
  }

  private AssociationDescription describe(String idOrName, String version) {
    return fleet
        .call(
            fleet.associations::describeAssociation,
            DescribeAssociationRequest.newBuilder()
                .setAssociationId(idOrName)
                .setAssociationVersion(version)
                .build())
        .getAssociationDescription();
  }

  private List<AssociationDescription> list(ListAssociationsRequest request) {
    return fleet.call(fleet.associations::listAssociations, request).getAssociationsList();
  }

  private List<AssociationDescription> filtered(String key, String value) {
    return list(
        ListAssociationsRequest.newBuilder()
            .addFilters(
                Filter.newBuilder()
                    .setKey(key)
                    .addValues(value)
                    .setOperator(FilterOperator.FILTER_OPERATOR_EQUAL))
            .build());
  }

  private static List<String> idsOf(List<AssociationDescription> descriptions) {
    return descriptions.stream().map(AssociationDescription::getAssociationId).toList();
  }

  private static UpdateAssociationRequest.Builder updateRequest(
      String idOrName, UnaryOperator<Association.Builder> to, String fields) {
    return UpdateAssociationRequest.newBuilder()
        .setAssociationId(idOrName)
        .setAssociation(to.apply(Association.newBuilder()))
        .setUpdateMask(
            FieldMask.newBuilder()
                .addAllPaths(fields.isEmpty() ? List.of() : List.of(fields.split(","))));
  }

  private UpdateAssociationResponse update(
      String idOrName, UnaryOperator<Association.Builder> to, String fields) {
    return fleet.call(
        fleet.associations::updateAssociation,
        updateRequest(idOrName, to, fields).setAcknowledgeTargets(100).build());
  }

  private String refusedUpdate(
      String idOrName, UnaryOperator<Association.Builder> to, String fields) {
    return fleet
        .refused(fleet.associations::updateAssociation, updateRequest(idOrName, to, fields).build())
        .reason();
  }

  private void delete(String idOrName) {
    fleet.call(
        fleet.associations::deleteAssociation,
        DeleteAssociationRequest.newBuilder().setAssociationId(idOrName).build());
  }
}

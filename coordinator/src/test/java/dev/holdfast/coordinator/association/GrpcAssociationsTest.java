package dev.holdfast.coordinator.association;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.FieldMask;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.EventLog;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationDescription;
import dev.holdfast.wire.v1.AssociationMode;
import dev.holdfast.wire.v1.ComplianceSeverity;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.CreateAssociationResponse;
import dev.holdfast.wire.v1.DeleteAssociationRequest;
import dev.holdfast.wire.v1.DescribeAssociationRequest;
import dev.holdfast.wire.v1.ListAssociationsRequest;
import dev.holdfast.wire.v1.Target;
import dev.holdfast.wire.v1.UpdateAssociationRequest;
import dev.holdfast.wire.v1.UpdateAssociationResponse;
import dev.holdfast.wire.v1.Warning;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Associations written through the service. */
final class GrpcAssociationsTest {
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
  void everyErrorIsToldAtOnceAndNothingIsStored() {
    long position = fleet.store.position();

    Fleet.Refused refused =
        fleet.refused(
            fleet.associations::createAssociation,
            request(
                b ->
                    b.setDocumentVersion("newest")
                        .setAssociationName("..")
                        .putTags("a\u0007b", "x")
                        .addTargets(Target.newBuilder().setKey("Platform").addValues("Linux"))
                        .addTargets(Target.newBuilder().setKey("InstanceIds").addValues("i-1"))
                        .setScheduleExpression("rate(0 minutes)")
                        .setScheduleTimezone("Mars/Olympus")
                        .setScheduleOffset(9)
                        .setScheduleSplaySeconds(-1)
                        .setMaxConcurrency("0%")
                        .setMaxErrors("12345678")
                        .setOfflinePolicyValue(9)));

    assertEquals("InvalidDocumentVersion", refused.reason());
    assertEquals("INVALID_ARGUMENT", refused.code());
    assertEquals(
        Set.of(
            "association.document_version",
            "association.association_name",
            "association.tags",
            "association.targets",
            "association.targets[0].key",
            "association.targets[1].values[0]",
            "association.schedule_expression",
            "association.schedule_timezone",
            "association.schedule_offset",
            "association.schedule_splay_seconds",
            "association.max_concurrency",
            "association.max_errors",
            "association.offline_policy"),
        refused.findings().keySet());
    assertEquals(position, fleet.store.position());
    assertEquals(List.of(), list(ListAssociationsRequest.getDefaultInstance()));
  }

  @Test
  void aDocumentThatIsNotThereHidesNoOtherError() {
    Fleet.Refused refused =
        fleet.refused(
            fleet.associations::createAssociation,
            request(b -> b.setName("nobody").setScheduleExpression("at(2020-01-01T00:00:00)")));

    assertEquals("InvalidDocument", refused.reason());
    assertEquals("NOT_FOUND", refused.code());
    assertEquals(
        Map.of(
            "association.name", "there is no document 'nobody'",
            "association.schedule_expression", "never fires again"),
        refused.findings());
  }

  @Test
  void parametersAreCheckedAgainstTheDocument() {
    Fleet.Refused refused =
        fleet.refused(
            fleet.associations::createAssociation,
            request(
                b ->
                    b.setParameters(
                        Struct.newBuilder()
                            .putFields("Massage", text("x"))
                            .putFields("Message", text("x".repeat(21))))));

    assertEquals("InvalidParameters", refused.reason());
    String found = refused.findings().getOrDefault("association.parameters", "");
    assertTrue(found.contains("no parameter 'Massage'"), found);
    assertTrue(found.contains("at most 20 are allowed"), found);
  }

  @Test
  void whatIsWorthKnowingIsAWarning() {
    CreateAssociationResponse response =
        fleet.call(
            fleet.associations::createAssociation,
            request(
                b -> b.addTargets(Fleet.ids(Fleet.instance(7))).setOutputLocation("s3://bucket")));

    assertEquals(
        Map.of(
            "InstanceNotFound", "association.targets[0].values",
            "OutputLocationNotSupported", "association.output_location"),
        response.getWarningsList().stream()
            .collect(java.util.stream.Collectors.toMap(Warning::getCode, Warning::getField)));
    assertEquals(
        "s3://bucket", response.getAssociationDescription().getAssociation().getOutputLocation());
  }

  @Test
  void whatIsStoredSpellsTheDefaultsOutAndTheLegacyInstanceIdIsATarget() {
    InstanceId instance = fleet.enrol(1, Map.of());

    AssociationDescription created =
        fleet.create(
            Association.newBuilder().setName("say-it").setInstanceId(instance.value()).build());

    Association stored = created.getAssociation();
    assertEquals("", stored.getInstanceId());
    assertEquals(List.of(Fleet.ids(instance)), stored.getTargetsList());
    assertEquals("$DEFAULT", stored.getDocumentVersion());
    assertEquals(AssociationMode.ASSOCIATION_MODE_ENFORCE, stored.getMode());
    assertTrue(stored.getEnabled());
    assertEquals(1, created.getAssociationVersion());
    assertEquals("Pending", created.getOverview().getStatus());
    assertEquals(
        Map.of("Pending", 1), created.getOverview().getAssociationStatusAggregatedCountMap());
    Fleet.Refused both =
        fleet.refused(
            fleet.associations::createAssociation,
            request(b -> b.setInstanceId(instance.value()).addTargets(Fleet.all())));
    assertEquals("InvalidTarget", both.reason());
    Fleet.Refused wrong =
        fleet.refused(fleet.associations::createAssociation, request(b -> b.setInstanceId("mi-1")));
    assertEquals("InvalidTarget", wrong.reason());
  }

  @Test
  void aNameIsAnswerableForOneAssociationUntilItIsDeleted() {
    AssociationDescription first = create(b -> b.setAssociationName("disks"));
    String id = first.getAssociationId();

    Fleet.Refused taken =
        fleet.refused(
            fleet.associations::createAssociation, request(b -> b.setAssociationName("disks")));
    assertEquals("AssociationAlreadyExists", taken.reason());
    assertEquals("ALREADY_EXISTS", taken.code());
    assertEquals(
        "InvalidParameters",
        fleet
            .refused(fleet.associations::createAssociation, request(b -> b.setAssociationName(id)))
            .reason());
    assertEquals(id, describe("disks", "").getAssociationId());
    assertFalse(
        update("disks", b -> b.setAssociationName("disks"), "association_name").getChanged());

    delete("disks");

    Fleet.Refused gone =
        fleet.refused(
            fleet.associations::describeAssociation,
            DescribeAssociationRequest.newBuilder().setAssociationId(id).build());
    assertEquals("AssociationDoesNotExist", gone.reason());
    assertEquals("NOT_FOUND", gone.code());
    assertFalse(create(b -> b.setAssociationName("disks")).getAssociationId().equals(id));
  }

  @Test
  void theSameClientTokenGivesTheSameAnswer() {
    CreateAssociationRequest request =
        request(b -> b.setAssociationName("disks")).toBuilder().setClientToken("t1").build();
    CreateAssociationResponse first = fleet.call(fleet.associations::createAssociation, request);
    long position = fleet.store.position();

    assertEquals(first, fleet.call(fleet.associations::createAssociation, request));
    assertEquals(position, fleet.store.position());
    assertEquals(
        "IdempotentParameterMismatch",
        fleet
            .refused(
                fleet.associations::createAssociation,
                request.toBuilder().setAcknowledgeTargets(1).build())
            .reason());
  }

  @Test
  void anUpdateNamesTheFieldsThatChangeAndAllOthersStay() {
    create(
        b ->
            b.setAssociationName("disks")
                .setComplianceSeverity(ComplianceSeverity.COMPLIANCE_SEVERITY_HIGH)
                .putTags("a", "1")
                .putTags("b", "2")
                .setScheduleExpression("rate(1 day)")
                .addTargets(Fleet.tag("Role", "web")));

    Association after =
        update(
                "disks",
                b -> b.putTags("c", "3").addTargets(Fleet.tag("Site", "kiel")).setName("ignored"),
                "tags,targets,schedule_expression")
            .getAssociationDescription()
            .getAssociation();

    assertEquals(Map.of("c", "3"), after.getTagsMap());
    assertEquals(List.of(Fleet.tag("Site", "kiel")), after.getTargetsList());
    assertEquals("", after.getScheduleExpression());
    assertEquals(ComplianceSeverity.COMPLIANCE_SEVERITY_HIGH, after.getComplianceSeverity());
    assertEquals("say-it", after.getName());
    assertEquals("disks", after.getAssociationName());
  }

  @Test
  void anUpdateWithoutAMaskOrWithAWrongOneIsRefused() {
    create(b -> b.setAssociationName("disks"));

    for (String mask : List.of("", "nothing", "parameters.Message", "*")) {
      Fleet.Refused refused =
          fleet.refused(
              fleet.associations::updateAssociation, updateRequest("disks", b -> b, mask).build());
      assertEquals("ValidationError", refused.reason(), mask);
      assertEquals(Set.of("update_mask"), refused.findings().keySet(), mask);
    }
  }

  @Test
  void anUpdateOfAnotherVersionThanExpectedIsRefused() {
    create(b -> b.setAssociationName("disks"));
    UpdateAssociationRequest.Builder request =
        updateRequest("disks", b -> b.putTags("a", "1"), "tags").setExpectedVersion(1);
    assertEquals(
        2,
        fleet
            .call(fleet.associations::updateAssociation, request.build())
            .getAssociationDescription()
            .getAssociationVersion());

    Fleet.Refused refused =
        fleet.refused(
            fleet.associations::updateAssociation,
            request.setAssociation(Association.newBuilder().putTags("a", "2")).build());

    assertEquals("InvalidAssociationVersion", refused.reason());
    assertEquals("FAILED_PRECONDITION", refused.code());
    assertEquals(Map.of("a", "1"), describe("disks", "").getAssociation().getTagsMap());
  }

  @Test
  void anAssociationWhoseOnlyTimeHasPassedCanStillBeEdited() {
    create(b -> b.setAssociationName("once").setScheduleExpression("at(2026-11-24T12:30:00)"));
    fleet.advance(Duration.ofHours(1));

    assertTrue(update("once", b -> b.putTags("a", "1"), "tags").getChanged());
    assertEquals(
        "InvalidSchedule",
        refusedUpdate(
            "once",
            b -> b.setScheduleExpression("at(2026-11-24T12:40:00)"),
            "schedule_expression"));
  }

  @Test
  void eachChangeLeavesItsRowInTheAuditTrailWithoutParameters() {
    create(
        b ->
            b.setAssociationName("disks")
                .setParameters(Struct.newBuilder().putFields("Message", text("swordfish"))));

    var entry = fleet.newestAudit();

    assertEquals("CreateAssociation", entry.method());
    assertEquals("ann", entry.principal());
    assertEquals(List.of(describe("disks", "").getAssociationId()), entry.resources());
    assertTrue(entry.request().contains("disks"), entry.request());
    assertFalse(entry.request().contains("swordfish"), entry.request());
    for (EventLog.Event event : fleet.eventsAfter(0)) {
      assertFalse(event.detail().toString().contains("swordfish"), event::toString);
    }
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }

  private static CreateAssociationRequest request(UnaryOperator<Association.Builder> to) {
    return CreateAssociationRequest.newBuilder()
        .setAssociation(to.apply(Association.newBuilder().setName("say-it")))
        .build();
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

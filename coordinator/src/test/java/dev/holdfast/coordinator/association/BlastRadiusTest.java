package dev.holdfast.coordinator.association;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.FieldMask;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.holdfast.association.InstanceId;
import dev.holdfast.wire.v1.AddTagsToResourceRequest;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationDescription;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.ListAssociationsRequest;
import dev.holdfast.wire.v1.PutParameterRequest;
import dev.holdfast.wire.v1.ResourceType;
import dev.holdfast.wire.v1.UpdateAssociationRequest;
import dev.holdfast.wire.v1.UpdateDocumentRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many instances a change may touch. */
final class BlastRadiusTest {
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
  void moreInstancesAtOnceThanForeseenAreRefusedWithTheirNumber() {
    enrol(GUARD + 1);

    Fleet.Refused refused =
        fleet.refused(
            fleet.associations::createAssociation, request(b -> b.addTargets(Fleet.all())));

    assertEquals("BlastRadius", refused.reason());
    assertEquals("FAILED_PRECONDITION", refused.code());
    assertEquals(Map.of("acknowledge_targets", "is 0; 4 is needed"), refused.findings());
    assertTrue(refused.message().contains("or schedule_splay_seconds"), refused.message());
    assertTrue(refused.message().contains("or max_concurrency"), refused.message());
    assertEquals(
        "BlastRadius",
        fleet
            .refused(
                fleet.associations::createAssociation,
                request(b -> b.addTargets(Fleet.all()).setMaxErrors("0")))
            .reason(),
        "errors alone hold nobody back at first");
    assertEquals(List.of(), list(ListAssociationsRequest.getDefaultInstance()));
    CreateAssociationRequest request = request(b -> b.addTargets(Fleet.all()));
    assertEquals(
        "BlastRadius",
        fleet
            .refused(
                fleet.associations::createAssociation,
                request.toBuilder().setAcknowledgeTargets(3).build())
            .reason());
    fleet.call(
        fleet.associations::createAssociation,
        request.toBuilder().setAcknowledgeTargets(4).build());
    // What does not run at once needs no acknowledgement.
    List<UnaryOperator<Association.Builder>> harmless =
        List.of(
            b -> b.setScheduleSplaySeconds(60),
            b -> b.setMaxConcurrency("100%"),
            b -> b.setEnabled(false),
            b -> b.setApplyOnlyAtCronInterval(true).setScheduleExpression("rate(1 day)"));
    for (UnaryOperator<Association.Builder> one : harmless) {
      fleet.call(
          fleet.associations::createAssociation,
          request(b -> one.apply(b.addTargets(Fleet.all()))));
    }
  }

  @Test
  void theGuardCountsWhatEditsAndDocumentsAndParametersRun() {
    enrol(GUARD + 2);
    Struct parameters = Struct.newBuilder().putFields("Message", text("{{ssm:motd}}")).build();
    fleet.putParameter("motd", "one");
    create(
        b ->
            b.setAssociationName("all")
                .addTargets(Fleet.all())
                .setParameters(parameters)
                .setDocumentVersion("$LATEST"));
    create(
        b ->
            b.setAssociationName("few")
                .setScheduleSplaySeconds(60)
                .addTargets(Fleet.ids(Fleet.instance(1))));

    assertEquals("BlastRadius", refusedUpdate("all", b -> b.setName("say-it"), "parameters"));
    assertEquals(
        "BlastRadius", refusedUpdate("few", b -> b.addTargets(Fleet.tag("Site", "x")), "targets"));
    assertEquals(
        "BlastRadius",
        fleet
            .refused(
                fleet.parameters::putParameter,
                PutParameterRequest.newBuilder()
                    .setName("motd")
                    .setValue("two")
                    .setOverwrite(true)
                    .build())
            .reason());
    UpdateDocumentRequest document =
        UpdateDocumentRequest.newBuilder()
            .setName("say-it")
            .setContent(Fleet.document("second"))
            .build();
    assertEquals("BlastRadius", fleet.refused(fleet.documents::updateDocument, document).reason());
    fleet.call(
        fleet.documents::updateDocument, document.toBuilder().setAcknowledgeTargets(5).build());
    assertEquals(
        "one",
        fleet.store.read(
            read ->
                dev.holdfast.coordinator.store.Parameters.find(
                        read, "motd", java.util.Optional.empty())
                    .orElseThrow()
                    .value()));
  }

  @Test
  void anInstanceHasNoMoreAssociationsThanItCan() {
    InstanceId instance = fleet.enrol(1, Map.of("Role", "web"));
    InstanceId other = fleet.enrol(2, Map.of());
    for (int i = 0; i < 50; i++) {
      create(b -> b.addTargets(Fleet.tag("Role", "web")));
    }

    Fleet.Refused one =
        fleet.refused(
            fleet.associations::createAssociation, request(b -> b.addTargets(Fleet.ids(instance))));
    assertEquals("AssociationLimitExceeded", one.reason());
    assertEquals("RESOURCE_EXHAUSTED", one.code());
    create(b -> b.addTargets(Fleet.ids(other)));
    Fleet.Refused tagged =
        fleet.refused(
            fleet.instances::addTagsToResource,
            AddTagsToResourceRequest.newBuilder()
                .setResourceType(ResourceType.RESOURCE_TYPE_MANAGED_INSTANCE)
                .setResourceId(other.value())
                .putTags("Role", "web")
                .build());
    assertEquals("AssociationLimitExceeded", tagged.reason());
  }

  private void enrol(int count) {
    for (int i = 1; i <= count; i++) {
      fleet.enrol(i, Map.of("Site", "x"));
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

  private String refusedUpdate(
      String idOrName, UnaryOperator<Association.Builder> to, String fields) {
    return fleet
        .refused(fleet.associations::updateAssociation, updateRequest(idOrName, to, fields).build())
        .reason();
  }
}

package dev.holdfast.coordinator.association;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.FieldMask;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.holdfast.association.InstanceId;
import dev.holdfast.wire.v1.AddTagsToResourceRequest;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationExecution;
import dev.holdfast.wire.v1.ComplianceSeverity;
import dev.holdfast.wire.v1.DeleteAssociationRequest;
import dev.holdfast.wire.v1.DeleteDocumentRequest;
import dev.holdfast.wire.v1.DeregisterManagedInstanceRequest;
import dev.holdfast.wire.v1.RemoveTagsFromResourceRequest;
import dev.holdfast.wire.v1.ResourceType;
import dev.holdfast.wire.v1.UpdateAssociationRequest;
import dev.holdfast.wire.v1.UpdateAssociationResponse;
import dev.holdfast.wire.v1.UpdateDocumentDefaultVersionRequest;
import dev.holdfast.wire.v1.UpdateDocumentRequest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/** An association with a document, a stored parameter and three instances of its own. */
final class EditScene {
  private final Fleet fleet;
  private final String mark;
  private final String document;
  final InstanceId a;
  final InstanceId b;
  final InstanceId c;
  final String association;

  EditScene(Fleet fleet, int number, UnaryOperator<Association.Builder> given) {
    this.fleet = fleet;
    this.mark = "row-" + number;
    this.document = "document-" + number;
    if (number == 0) {
      fleet.createDocument("another-document", "another");
    }
    fleet.createDocument(document, "first");
    newVersion("second");
    fleet.putParameter(mark, "one");
    a = fleet.enrol(10 * number + 1, Map.of(mark, "yes"));
    b = fleet.enrol(10 * number + 2, Map.of(mark, "yes"));
    c = fleet.enrol(10 * number + 3, Map.of());
    association =
        fleet
            .create(
                given
                    .apply(
                        Association.newBuilder()
                            .setName(document)
                            .setAssociationName(mark)
                            .setParameters(message())
                            .addTargets(Fleet.tag(mark, "yes"))
                            .setScheduleExpression("rate(30 minutes)")
                            .setComplianceSeverity(ComplianceSeverity.COMPLIANCE_SEVERITY_HIGH))
                    .build())
            .getAssociationId();
  }

  Struct message() {
    return message("{{ssm:" + mark + "}}");
  }

  List<InstanceId> first() {
    return List.of(a, b);
  }

  UpdateAssociationResponse update(UnaryOperator<Association.Builder> to, String fields) {
    return fleet.call(
        fleet.associations::updateAssociation,
        UpdateAssociationRequest.newBuilder()
            .setAssociationId(association)
            .setAssociation(to.apply(Association.newBuilder()))
            .setUpdateMask(FieldMask.newBuilder().addAllPaths(List.of(fields.split(","))))
            .build());
  }

  void newVersion(String marker) {
    fleet.call(
        fleet.documents::updateDocument,
        UpdateDocumentRequest.newBuilder()
            .setName(document)
            .setContent(Fleet.document(marker))
            .build());
  }

  void moveDefault(int version) {
    fleet.call(
        fleet.documents::updateDocumentDefaultVersion,
        UpdateDocumentDefaultVersionRequest.newBuilder()
            .setName(document)
            .setDocumentVersion(version)
            .build());
  }

  void deleteDocument() {
    fleet.call(
        fleet.documents::deleteDocument,
        DeleteDocumentRequest.newBuilder().setName(document).setForce(true).build());
    String execution = fleet.executions(association).getFirst().getExecutionId();
    assertEquals("Failed/InvalidDocument", fleet.standing(association, execution, a));
  }

  void put(String value) {
    fleet.putParameter(mark, value);
  }

  void tag(InstanceId instance) {
    fleet.call(
        fleet.instances::addTagsToResource,
        AddTagsToResourceRequest.newBuilder()
            .setResourceType(ResourceType.RESOURCE_TYPE_MANAGED_INSTANCE)
            .setResourceId(instance.value())
            .putTags(mark, "yes")
            .build());
  }

  void untag(InstanceId instance) {
    fleet.call(
        fleet.instances::removeTagsFromResource,
        RemoveTagsFromResourceRequest.newBuilder()
            .setResourceType(ResourceType.RESOURCE_TYPE_MANAGED_INSTANCE)
            .setResourceId(instance.value())
            .addTagKeys(mark)
            .build());
  }

  void deregister(InstanceId instance) {
    fleet.call(
        fleet.instances::deregisterManagedInstance,
        DeregisterManagedInstanceRequest.newBuilder().setInstanceId(instance.value()).build());
  }

  void delete() {
    fleet.call(
        fleet.associations::deleteAssociation,
        DeleteAssociationRequest.newBuilder().setAssociationId(mark).build());
  }

  /** {@code change AB}: the trigger's kind and the targets. */
  String described(AssociationExecution execution) {
    Set<InstanceId> targets = new TreeSet<>();
    fleet
        .targets(association, execution.getExecutionId())
        .forEach(target -> targets.add(new InstanceId(target.getResourceId())));
    assertEquals(execution.getTargetCount(), targets.size());
    return execution.getTrigger().substring(0, execution.getTrigger().indexOf(':'))
        + " "
        + letters(targets);
  }

  String letters(Set<InstanceId> instances) {
    return (instances.contains(a) ? "A" : "")
        + (instances.contains(b) ? "B" : "")
        + (instances.contains(c) ? "C" : "");
  }

  /** Nothing of it is left that would concern the next. */
  void end() {
    if (fleet.row(association).deleted().isEmpty()) {
      fleet.call(
          fleet.associations::deleteAssociation,
          DeleteAssociationRequest.newBuilder().setAssociationId(association).build());
    }
    for (InstanceId instance : List.of(a, b, c)) {
      if (fleet.online.remove(instance)) {
        fleet.store.write(
            write -> dev.holdfast.coordinator.store.Instances.deregister(write, instance));
      }
    }
  }

  /** Parameters of the document. */
  static Struct message(String text) {
    return Struct.newBuilder()
        .putFields("Message", Value.newBuilder().setStringValue(text).build())
        .build();
  }
}

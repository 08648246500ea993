package dev.holdfast.coordinator.client;

import dev.holdfast.wire.v1.AssociationDescription;
import dev.holdfast.wire.v1.AssociationExecution;
import dev.holdfast.wire.v1.ComplianceItem;
import dev.holdfast.wire.v1.DocumentDescription;
import dev.holdfast.wire.v1.InstanceInformation;
import dev.holdfast.wire.v1.InventoryEntry;
import dev.holdfast.wire.v1.InventoryItem;
import java.util.List;

/** What is shown of each thing in a table. */
final class Rows {
  private Rows() {}

  static List<String> association(AssociationDescription description) {
    return List.of(
        description.getAssociationId(),
        Shown.orDash(description.getAssociation().getAssociationName()),
        description.getAssociation().getName(),
        Shown.orDash(description.getAssociation().getScheduleExpression()),
        Shown.orDash(description.getOverview().getStatus()),
        Shown.orDash(
            Shown.counts(description.getOverview().getAssociationStatusAggregatedCountMap())),
        Shown.time(description.hasLastExecutionDate(), description.getLastExecutionDate()));
  }

  static List<String> instance(InstanceInformation instance) {
    return List.of(
        instance.getInstanceId(),
        Shown.orDash(instance.getName()),
        Shown.word(instance.getState(), "INSTANCE_STATE_"),
        Shown.word(instance.getPingStatus(), "PING_STATUS_"),
        Shown.orDash((instance.getPlatformName() + " " + instance.getPlatformVersion()).strip()),
        Shown.orDash(instance.getAgentVersion()),
        Shown.time(instance.hasLastPingDateTime(), instance.getLastPingDateTime()),
        Shown.orDash(Shown.counts(instance.getAssociationOverviewMap())));
  }

  static List<String> document(DocumentDescription document) {
    return List.of(
        document.getName(),
        document.getOwner(),
        Integer.toString(document.getDefaultVersion()),
        Integer.toString(document.getLatestVersion()),
        document.getSchemaVersion(),
        Shown.word(document.getDocumentFormat(), "DOCUMENT_FORMAT_"),
        Shown.orDash(String.join(",", document.getPlatformTypesList())));
  }

  static List<String> execution(AssociationExecution execution) {
    return List.of(
        execution.getExecutionId(),
        execution.getTrigger(),
        Shown.word(execution.getStatus(), "RUN_STATUS_"),
        Shown.orDash(execution.getDetailedStatus()),
        Integer.toString(execution.getTargetCount()),
        Shown.orDash(Shown.counts(execution.getResourceCountByStatusMap())),
        Shown.time(execution.hasCreatedTime(), execution.getCreatedTime()));
  }

  static List<String> type(InventoryItem item) {
    return List.of(
        item.getTypeName(),
        Integer.toString(item.getContentCount()),
        item.getSchemaVersion(),
        Shown.time(item.hasCaptureTime(), item.getCaptureTime()));
  }

  static List<String> entry(InventoryEntry entry, List<String> attributes) {
    return attributes.stream()
        .map(attribute -> Shown.orDash(entry.getAttributesOrDefault(attribute, "")))
        .toList();
  }

  static List<String> compliance(ComplianceItem item) {
    return List.of(
        item.getResourceId(),
        item.getComplianceType(),
        item.getId(),
        Shown.orDash(item.getTitle()),
        Shown.word(item.getStatus(), "COMPLIANCE_STATUS_"),
        Shown.word(item.getSeverity(), "COMPLIANCE_SEVERITY_"),
        Shown.time(item.hasSince(), item.getSince()));
  }
}

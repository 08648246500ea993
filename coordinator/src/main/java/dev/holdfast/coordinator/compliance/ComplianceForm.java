package dev.holdfast.coordinator.compliance;

import dev.holdfast.compliance.Severity;
import dev.holdfast.compliance.Status;
import dev.holdfast.coordinator.store.Compliance.Item;
import dev.holdfast.coordinator.store.ComplianceLists.Cell;
import dev.holdfast.coordinator.store.ComplianceLists.Origin;
import dev.holdfast.coordinator.store.ComplianceLists.Resource;
import dev.holdfast.wire.ComplianceCodec;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.ComplianceEvidence;
import dev.holdfast.wire.v1.ComplianceExecutionSummary;
import dev.holdfast.wire.v1.ComplianceItem;
import dev.holdfast.wire.v1.ComplianceSummaryItem;
import dev.holdfast.wire.v1.CompliantSummary;
import dev.holdfast.wire.v1.NonCompliantSummary;
import dev.holdfast.wire.v1.ResourceComplianceSummaryItem;
import dev.holdfast.wire.v1.SeveritySummary;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is known of compliance in the form in which callers see it. Pure. */
final class ComplianceForm {
  /** What all resources are. */
  static final String INSTANCE = "ManagedInstance";

  private ComplianceForm() {}

  static ComplianceItem toProto(Item item) {
    ComplianceItem.Builder message =
        ComplianceItem.newBuilder()
            .setComplianceType(item.type())
            .setResourceType(INSTANCE)
            .setResourceId(item.instance().value())
            .setId(item.id())
            .setTitle(item.title())
            .setStatus(ComplianceCodec.toProto(item.status()))
            .setSeverity(ComplianceCodec.toProto(item.severity()))
            .setExecutionSummary(
                execution(
                    new Origin(item.executionTime(), item.executionId(), item.executionType())))
            .putAllDetails(item.details())
            .setSince(Times.toProto(item.since()));
    item.evidence()
        .forEach(
            drift ->
                message.addEvidence(
                    ComplianceEvidence.newBuilder()
                        .setResource(drift.resource())
                        .setProperty(drift.property())
                        .setActual(drift.actual())
                        .setDesired(drift.desired())));
    item.freshUntil().ifPresent(until -> message.setFreshUntil(Times.toProto(until)));
    return message.build();
  }

  /**
   * Where an instance stands.
   *
   * @param newest what its newest item came from
   */
  static ResourceComplianceSummaryItem toProto(Resource resource, Optional<Origin> newest) {
    Rollup counts = counts(resource);
    ResourceComplianceSummaryItem.Builder message =
        ResourceComplianceSummaryItem.newBuilder()
            .setComplianceType(resource.type())
            .setResourceType(INSTANCE)
            .setResourceId(resource.instance())
            .setStatus(ComplianceCodec.toProto(resource.status()))
            .setOverallSeverity(ComplianceCodec.toProto(resource.severity()))
            .setCompliantSummary(compliant(counts))
            .setNonCompliantSummary(nonCompliant(counts))
            .setUnknownCount(counts.unknown());
    newest.ifPresent(origin -> message.setExecutionSummary(execution(origin)));
    return message.build();
  }

  /** The counts of an instance's items. */
  static Rollup counts(Resource resource) {
    Rollup counts = Rollup.NONE;
    for (Map.Entry<Cell, Integer> cell : resource.items().entrySet()) {
      counts =
          counts.plus(
              Rollup.of(cell.getKey().status(), cell.getKey().severity()).times(cell.getValue()));
    }
    return counts;
  }

  static ComplianceSummaryItem toProto(String type, Rollup counts) {
    return ComplianceSummaryItem.newBuilder()
        .setComplianceType(type)
        .setCompliantSummary(compliant(counts))
        .setNonCompliantSummary(nonCompliant(counts))
        .setUnknownCount(counts.unknown())
        .build();
  }

  /** A status by either of its names; empty if there is no such. */
  static Optional<Status> status(String name) {
    for (Status status : Status.values()) {
      if (names(status).contains(name)) {
        return Optional.of(status);
      }
    }
    return Optional.empty();
  }

  /** A severity by either of its names; empty if there is no such. */
  static Optional<Severity> severity(String name) {
    for (Severity severity : Severity.values()) {
      if (names(severity).contains(name)) {
        return Optional.of(severity);
      }
    }
    return Optional.empty();
  }

  /** SSM's name, and that of the enum. */
  static List<String> names(Status status) {
    return List.of(status.name(), ComplianceCodec.toProto(status).name());
  }

  /** SSM's name, and that of the enum. */
  static List<String> names(Severity severity) {
    return List.of(severity.name(), ComplianceCodec.toProto(severity).name());
  }

  private static ComplianceExecutionSummary execution(Origin origin) {
    return ComplianceExecutionSummary.newBuilder()
        .setExecutionTime(Times.toProto(origin.time()))
        .setExecutionId(origin.id())
        .setExecutionType(origin.type())
        .build();
  }

  private static CompliantSummary compliant(Rollup counts) {
    return CompliantSummary.newBuilder()
        .setCompliantCount(Rollup.sum(counts.compliant()))
        .setSeveritySummary(severities(counts.compliant()))
        .build();
  }

  private static NonCompliantSummary nonCompliant(Rollup counts) {
    return NonCompliantSummary.newBuilder()
        .setNonCompliantCount(Rollup.sum(counts.nonCompliant()))
        .setSeveritySummary(severities(counts.nonCompliant()))
        .build();
  }

  private static SeveritySummary severities(Map<Severity, Integer> counts) {
    return SeveritySummary.newBuilder()
        .setCriticalCount(counts.getOrDefault(Severity.CRITICAL, 0))
        .setHighCount(counts.getOrDefault(Severity.HIGH, 0))
        .setMediumCount(counts.getOrDefault(Severity.MEDIUM, 0))
        .setLowCount(counts.getOrDefault(Severity.LOW, 0))
        .setInformationalCount(counts.getOrDefault(Severity.INFORMATIONAL, 0))
        .setUnspecifiedCount(counts.getOrDefault(Severity.UNSPECIFIED, 0))
        .build();
  }
}

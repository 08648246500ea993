package dev.holdfast.wire;

import dev.holdfast.compliance.PutItem;
import dev.holdfast.compliance.Severity;
import dev.holdfast.compliance.Status;
import dev.holdfast.report.Report;
import dev.holdfast.wire.agent.ComplianceItemReport;
import dev.holdfast.wire.agent.ComplianceReport;
import dev.holdfast.wire.v1.ComplianceSeverity;
import dev.holdfast.wire.v1.ComplianceStatus;

/** What is said of compliance to its messages and back. */
public final class ComplianceCodec {
  private ComplianceCodec() {}

  /** Items that somebody put, to the wire. */
  public static ComplianceReport toProto(Report.Compliance compliance) {
    ComplianceReport.Builder message =
        ComplianceReport.newBuilder()
            .setComplianceType(compliance.type())
            .setExecutionTime(Times.toProto(compliance.time()));
    for (PutItem item : compliance.items()) {
      message.addItems(
          ComplianceItemReport.newBuilder()
              .setId(item.id())
              .setTitle(item.title())
              .setSeverity(toProto(item.severity()))
              .setStatus(toProto(item.status()))
              .putAllDetails(item.details()));
    }
    return message.build();
  }

  /** Items that somebody put, from the wire. */
  public static Report.Compliance fromProto(ComplianceReport message) {
    return new Report.Compliance(
        message.getComplianceType(),
        Times.fromProto(message.getExecutionTime()),
        message.getItemsList().stream()
            .map(
                item ->
                    new PutItem(
                        item.getId(),
                        item.getTitle(),
                        fromProto(item.getSeverity()),
                        fromProto(item.getStatus()),
                        item.getDetailsMap()))
            .toList());
  }

  /** A status to the wire. */
  public static ComplianceStatus toProto(Status status) {
    return switch (status) {
      case COMPLIANT -> ComplianceStatus.COMPLIANCE_STATUS_COMPLIANT;
      case NON_COMPLIANT -> ComplianceStatus.COMPLIANCE_STATUS_NON_COMPLIANT;
      case UNKNOWN -> ComplianceStatus.COMPLIANCE_STATUS_UNKNOWN;
    };
  }

  /** A status from the wire. */
  public static Status fromProto(ComplianceStatus status) {
    return switch (status) {
      case COMPLIANCE_STATUS_COMPLIANT -> Status.COMPLIANT;
      case COMPLIANCE_STATUS_NON_COMPLIANT -> Status.NON_COMPLIANT;
      case COMPLIANCE_STATUS_UNKNOWN -> Status.UNKNOWN;
      case COMPLIANCE_STATUS_UNSPECIFIED, UNRECOGNIZED ->
          throw new WireException("an unknown compliance status");
    };
  }

  /** A severity to the wire. */
  public static ComplianceSeverity toProto(Severity severity) {
    return switch (severity) {
      case CRITICAL -> ComplianceSeverity.COMPLIANCE_SEVERITY_CRITICAL;
      case HIGH -> ComplianceSeverity.COMPLIANCE_SEVERITY_HIGH;
      case MEDIUM -> ComplianceSeverity.COMPLIANCE_SEVERITY_MEDIUM;
      case LOW -> ComplianceSeverity.COMPLIANCE_SEVERITY_LOW;
      case INFORMATIONAL -> ComplianceSeverity.COMPLIANCE_SEVERITY_INFORMATIONAL;
      case UNSPECIFIED -> ComplianceSeverity.COMPLIANCE_SEVERITY_UNSPECIFIED;
    };
  }

  /** A severity from the wire. */
  public static Severity fromProto(ComplianceSeverity severity) {
    return switch (severity) {
      case COMPLIANCE_SEVERITY_CRITICAL -> Severity.CRITICAL;
      case COMPLIANCE_SEVERITY_HIGH -> Severity.HIGH;
      case COMPLIANCE_SEVERITY_MEDIUM -> Severity.MEDIUM;
      case COMPLIANCE_SEVERITY_LOW -> Severity.LOW;
      case COMPLIANCE_SEVERITY_INFORMATIONAL -> Severity.INFORMATIONAL;
      case COMPLIANCE_SEVERITY_UNSPECIFIED -> Severity.UNSPECIFIED;
      case UNRECOGNIZED -> throw new WireException("an unknown compliance severity");
    };
  }
}

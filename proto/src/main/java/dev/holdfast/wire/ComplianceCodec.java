package dev.holdfast.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.compliance.PutItem;
import dev.holdfast.compliance.Severity;
import dev.holdfast.compliance.Status;
import dev.holdfast.report.Report;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.agent.ComplianceContent;
import dev.holdfast.wire.agent.ComplianceItemReport;
import dev.holdfast.wire.agent.ComplianceReport;
import dev.holdfast.wire.v1.ComplianceSeverity;
import dev.holdfast.wire.v1.ComplianceStatus;
import java.util.List;

/** What is said of compliance to its messages and back. */
public final class ComplianceCodec {
  /** As many bytes as a report has room for, beside its lane and its sequence. */
  private static final int ROOM = Limits.MAX_REPORT_BYTES - 64;

  /** What packed items may unpack to. */
  private static final int MAX_UNPACKED_BYTES = Limits.MAX_COMPLIANCE_FILE_BYTES;

  private ComplianceCodec() {}

  /** Items that somebody put, to the wire: packed if they are too large otherwise. */
  public static ComplianceReport toProto(Report.Compliance compliance) {
    ComplianceContent.Builder content = ComplianceContent.newBuilder();
    for (PutItem item : compliance.items()) {
      content.addItems(
          ComplianceItemReport.newBuilder()
              .setId(item.id())
              .setTitle(item.title())
              .setSeverity(toProto(item.severity()))
              .setStatus(toProto(item.status()))
              .putAllDetails(item.details()));
    }
    ComplianceReport.Builder message =
        ComplianceReport.newBuilder()
            .setComplianceType(compliance.type())
            .setExecutionTime(Times.toProto(compliance.time()))
            .addAllItems(content.getItemsList());
    return message.build().getSerializedSize() <= ROOM
        ? message.build()
        : message.clearItems().setPackedItems(Packing.pack(content.build())).build();
  }

  /** Items that somebody put, from the wire. */
  public static Report.Compliance fromProto(ComplianceReport message) {
    return new Report.Compliance(
        message.getComplianceType(),
        Times.fromProto(message.getExecutionTime()),
        items(message).stream()
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

  private static List<ComplianceItemReport> items(ComplianceReport message) {
    if (message.getPackedItems().isEmpty()) {
      return message.getItemsList();
    }
    if (message.getItemsCount() > 0) {
      throw new WireException("items that are packed, and items that are not");
    }
    byte[] bytes = Packing.unpack(message.getPackedItems(), MAX_UNPACKED_BYTES, "items");
    try {
      return ComplianceContent.parseFrom(bytes).getItemsList();
    } catch (InvalidProtocolBufferException e) {
      throw new WireException("not items: " + e.getMessage(), e);
    }
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

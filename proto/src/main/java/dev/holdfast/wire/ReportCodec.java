package dev.holdfast.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.report.Drift;
import dev.holdfast.report.Lane;
import dev.holdfast.report.Output;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.report.StepResult;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.agent.DriftReport;
import dev.holdfast.wire.agent.InventoryContent;
import dev.holdfast.wire.agent.InventoryEntryReport;
import dev.holdfast.wire.agent.InventoryReport;
import dev.holdfast.wire.agent.OutputReport;
import dev.holdfast.wire.agent.RunReport;
import dev.holdfast.wire.agent.StepReport;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reports to their messages and back. */
public final class ReportCodec {
  /** What the items of one inventory type may take once unpacked. */
  public static final int MAX_INVENTORY_BYTES = Limits.MAX_INVENTORY_TYPE_BYTES;

  private ReportCodec() {}

  /** A report to the wire, with its place in the spool. */
  public static dev.holdfast.wire.agent.Report toProto(long sequence, Report report) {
    dev.holdfast.wire.agent.Report.Builder message =
        dev.holdfast.wire.agent.Report.newBuilder()
            .setLane(toProto(report.lane()))
            .setSequence(sequence);
    return switch (report) {
      case Report.Run run -> message.setRun(toProto(run)).build();
      case Report.Inventory inventory -> message.setInventory(toProto(inventory)).build();
      case Report.InventoryDelta delta -> message.setInventory(toProto(delta)).build();
      case Report.Compliance compliance ->
          message.setCompliance(ComplianceCodec.toProto(compliance)).build();
    };
  }

  /** A report from the wire. */
  public static Report fromProto(dev.holdfast.wire.agent.Report message) {
    Report report =
        switch (message.getReportCase()) {
          case RUN -> fromProto(message.getRun());
          case INVENTORY ->
              message.getInventory().getBaseHash().isEmpty()
                  ? fromProto(message.getInventory())
                  : difference(message.getInventory());
          case COMPLIANCE -> ComplianceCodec.fromProto(message.getCompliance());
          case REPORT_NOT_SET -> throw new WireException("a report without content");
        };
    if (toProto(report.lane()) != message.getLane()) {
      throw new WireException(
          "a report in lane " + message.getLane() + " that belongs to " + report.lane());
    }
    return report;
  }

  /** A report in the form in which it lies in the spool and travels, with its place. */
  public static ByteString toBytes(long sequence, Report report) {
    return toProto(sequence, report).toByteString();
  }

  /** A report from that form. */
  public static Report fromBytes(ByteString bytes) {
    try {
      return fromProto(dev.holdfast.wire.agent.Report.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw new WireException("not a report: " + e.getMessage(), e);
    }
  }

  /** The lane that the bytes of a report name, read without the rest; empty if they name none. */
  public static Optional<Lane> laneOf(ByteString bytes) {
    try {
      CodedInputStream in = bytes.newCodedInput();
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag >>> 3 == dev.holdfast.wire.agent.Report.LANE_FIELD_NUMBER) {
          return Optional.ofNullable(dev.holdfast.wire.agent.Lane.forNumber(in.readEnum()))
              .filter(lane -> lane != dev.holdfast.wire.agent.Lane.LANE_UNSPECIFIED)
              .map(ReportCodec::fromProto);
        }
        if (!in.skipField(tag)) {
          return Optional.empty();
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** A lane to the wire. */
  public static dev.holdfast.wire.agent.Lane toProto(Lane lane) {
    return switch (lane) {
      case RESULTS -> dev.holdfast.wire.agent.Lane.LANE_RESULTS;
      case PROGRESS -> dev.holdfast.wire.agent.Lane.LANE_PROGRESS;
      case INVENTORY -> dev.holdfast.wire.agent.Lane.LANE_INVENTORY;
    };
  }

  /** A lane from the wire. */
  public static Lane fromProto(dev.holdfast.wire.agent.Lane lane) {
    return switch (lane) {
      case LANE_RESULTS -> Lane.RESULTS;
      case LANE_PROGRESS -> Lane.PROGRESS;
      case LANE_INVENTORY -> Lane.INVENTORY;
      case LANE_UNSPECIFIED, UNRECOGNIZED -> throw new WireException("an unknown lane");
    };
  }

  /** A status to the wire. */
  public static dev.holdfast.wire.v1.RunStatus toProto(RunStatus status) {
    return switch (status) {
      case PENDING -> dev.holdfast.wire.v1.RunStatus.RUN_STATUS_PENDING;
      case IN_PROGRESS -> dev.holdfast.wire.v1.RunStatus.RUN_STATUS_IN_PROGRESS;
      case SUCCESS -> dev.holdfast.wire.v1.RunStatus.RUN_STATUS_SUCCESS;
      case FAILED -> dev.holdfast.wire.v1.RunStatus.RUN_STATUS_FAILED;
      case TIMED_OUT -> dev.holdfast.wire.v1.RunStatus.RUN_STATUS_TIMED_OUT;
      case CANCELLED -> dev.holdfast.wire.v1.RunStatus.RUN_STATUS_CANCELLED;
      case SKIPPED -> dev.holdfast.wire.v1.RunStatus.RUN_STATUS_SKIPPED;
      case INTERRUPTED -> dev.holdfast.wire.v1.RunStatus.RUN_STATUS_INTERRUPTED;
    };
  }

  /** A status from the wire. */
  public static RunStatus fromProto(dev.holdfast.wire.v1.RunStatus status) {
    return switch (status) {
      case RUN_STATUS_PENDING -> RunStatus.PENDING;
      case RUN_STATUS_IN_PROGRESS -> RunStatus.IN_PROGRESS;
      case RUN_STATUS_SUCCESS -> RunStatus.SUCCESS;
      case RUN_STATUS_FAILED -> RunStatus.FAILED;
      case RUN_STATUS_TIMED_OUT -> RunStatus.TIMED_OUT;
      case RUN_STATUS_CANCELLED -> RunStatus.CANCELLED;
      case RUN_STATUS_SKIPPED -> RunStatus.SKIPPED;
      case RUN_STATUS_INTERRUPTED -> RunStatus.INTERRUPTED;
      case RUN_STATUS_UNSPECIFIED, UNRECOGNIZED -> throw new WireException("an unknown run status");
    };
  }

  private static RunReport toProto(Report.Run run) {
    RunReport.Builder message =
        RunReport.newBuilder()
            .setAssociationId(run.association().value())
            .setTrigger(run.trigger().text())
            .setAttempt(run.attempt())
            .setStartNumber(run.startNumber())
            .setStatus(toProto(run.status()))
            .setDetailedStatus(run.detailedStatus())
            .setAssignmentSha256(AssignmentCodec.raw(run.assignment()))
            .setAssociationVersion(run.associationVersion())
            .setDocumentVersion(run.documentVersion())
            .setCaughtUp(run.caughtUp())
            .setMissedTicks(run.missedTicks())
            .setReason(run.reason());
    run.scheduled().ifPresent(at -> message.setScheduledTime(Times.toProto(at)));
    run.start().ifPresent(at -> message.setStartTime(Times.toProto(at)));
    run.end().ifPresent(at -> message.setEndTime(Times.toProto(at)));
    run.steps().forEach(step -> message.addSteps(toProto(step)));
    return message.build();
  }

  private static Report.Run fromProto(RunReport message) {
    return new Report.Run(
        AssignmentCodec.association(message.getAssociationId()),
        AssignmentCodec.trigger(message.getTrigger()),
        message.getAttempt(),
        message.getStartNumber(),
        fromProto(message.getStatus()),
        message.getDetailedStatus(),
        AssignmentCodec.sha256(message.getAssignmentSha256()),
        message.getAssociationVersion(),
        message.getDocumentVersion(),
        Times.fromProto(message.hasScheduledTime(), message.getScheduledTime()),
        Times.fromProto(message.hasStartTime(), message.getStartTime()),
        Times.fromProto(message.hasEndTime(), message.getEndTime()),
        message.getCaughtUp(),
        message.getMissedTicks(),
        message.getStepsList().stream().map(ReportCodec::fromProto).toList(),
        message.getReason());
  }

  /** A step to the wire; also the form in which the coordinator stores it. */
  public static StepReport toProto(StepResult step) {
    StepReport.Builder message =
        StepReport.newBuilder()
            .setName(step.name())
            .setAction(step.action())
            .setStatus(toProto(step.status()))
            .setExitCode(step.exitCode())
            .setAttempt(step.attempt())
            .setChanged(step.changed())
            .setStdout(toProto(step.stdout()))
            .setStderr(toProto(step.stderr()))
            .setReason(step.reason());
    step.start().ifPresent(at -> message.setStartTime(Times.toProto(at)));
    step.end().ifPresent(at -> message.setEndTime(Times.toProto(at)));
    for (Drift drift : step.drift()) {
      message.addDrift(
          DriftReport.newBuilder()
              .setResource(drift.resource())
              .setProperty(drift.property())
              .setActual(drift.actual())
              .setDesired(drift.desired()));
    }
    return message.build();
  }

  /** A step from the wire. */
  public static StepResult fromProto(StepReport message) {
    return new StepResult(
        message.getName(),
        message.getAction(),
        fromProto(message.getStatus()),
        message.getExitCode(),
        message.getAttempt(),
        Times.fromProto(message.hasStartTime(), message.getStartTime()),
        Times.fromProto(message.hasEndTime(), message.getEndTime()),
        message.getChanged(),
        message.getDriftList().stream()
            .map(d -> new Drift(d.getResource(), d.getProperty(), d.getActual(), d.getDesired()))
            .toList(),
        fromProto(message.getStdout()),
        fromProto(message.getStderr()),
        message.getReason());
  }

  /** The bytes of a step, for a file. */
  public static byte[] toBytes(StepResult step) {
    return toProto(step).toByteArray();
  }

  /** From the bytes of a step; the caller has checked that they are whole. */
  public static StepResult stepFromBytes(byte[] bytes) {
    try {
      return fromProto(StepReport.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw new WireException("not a step: " + e.getMessage(), e);
    }
  }

  private static OutputReport toProto(Output output) {
    return OutputReport.newBuilder()
        .setHead(output.head())
        .setTail(output.tail())
        .setTotalBytes(output.totalBytes())
        .build();
  }

  private static Output fromProto(OutputReport message) {
    return new Output(message.getHead(), message.getTail(), message.getTotalBytes());
  }

  private static InventoryReport toProto(Report.Inventory inventory) {
    return InventoryReport.newBuilder()
        .setTypeName(inventory.typeName())
        .setSchemaVersion(inventory.schemaVersion())
        .setCaptureTime(Times.toProto(inventory.captureTime()))
        .setContentHash(inventory.contentHash())
        .setContent(pack(inventory.items()))
        .build();
  }

  private static Report.Inventory fromProto(InventoryReport message) {
    return new Report.Inventory(
        message.getTypeName(),
        message.getSchemaVersion(),
        Times.fromProto(message.getCaptureTime()),
        message.getContentHash(),
        unpack(message.getContent()));
  }

  private static InventoryReport toProto(Report.InventoryDelta delta) {
    return InventoryReport.newBuilder()
        .setTypeName(delta.typeName())
        .setSchemaVersion(delta.schemaVersion())
        .setCaptureTime(Times.toProto(delta.captureTime()))
        .setContentHash(delta.contentHash())
        .setBaseHash(delta.baseHash())
        .setRemoved(packSome(delta.removed()))
        .setContent(packSome(delta.added()))
        .build();
  }

  private static Report.InventoryDelta difference(InventoryReport message) {
    return new Report.InventoryDelta(
        message.getTypeName(),
        message.getSchemaVersion(),
        Times.fromProto(message.getCaptureTime()),
        message.getContentHash(),
        message.getBaseHash(),
        unpackSome(message.getRemoved()),
        unpackSome(message.getContent()));
  }

  /** No bytes for no items: that nothing changed is the most frequent report of all. */
  private static ByteString packSome(List<Map<String, String>> items) {
    return items.isEmpty() ? ByteString.EMPTY : pack(items);
  }

  private static List<Map<String, String>> unpackSome(ByteString packed) {
    return packed.isEmpty() ? List.of() : unpack(packed);
  }

  /** Inventory items in the form in which they travel and are stored. */
  public static ByteString pack(List<Map<String, String>> items) {
    InventoryContent.Builder content = InventoryContent.newBuilder();
    items.forEach(
        item -> content.addEntries(InventoryEntryReport.newBuilder().putAllAttributes(item)));
    return Packing.pack(content.build());
  }

  /** Inventory items from that form; refuses more than {@link #MAX_INVENTORY_BYTES}. */
  public static List<Map<String, String>> unpack(ByteString packed) {
    byte[] bytes = Packing.unpack(packed, MAX_INVENTORY_BYTES, "inventory");
    try {
      return InventoryContent.parseFrom(bytes).getEntriesList().stream()
          .map(entry -> Map.copyOf(entry.getAttributesMap()))
          .toList();
    } catch (InvalidProtocolBufferException e) {
      throw new WireException("not inventory: " + e.getMessage(), e);
    }
  }
}

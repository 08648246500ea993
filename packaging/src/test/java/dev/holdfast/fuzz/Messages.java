package dev.holdfast.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import dev.holdfast.assignment.Assignment;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.document.Value;
import dev.holdfast.permit.Permit;
import dev.holdfast.permit.PermitRequest;
import dev.holdfast.report.Report;
import dev.holdfast.report.StepResult;
import dev.holdfast.wire.AssignmentCodec;
import dev.holdfast.wire.PermitCodec;
import dev.holdfast.wire.RateCodec;
import dev.holdfast.wire.ReportCodec;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.ValueCodec;
import dev.holdfast.wire.WireException;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.CoordinatorMessage;
import java.util.List;
import java.util.Map;

/** What the two programs say to each other, from bytes to values and back. */
final class Messages {
  private Messages() {}

  static void fromAgent(byte[] bytes) {
    AgentMessage message;
    try {
      message = AgentMessage.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      return;
    }
    for (var each : message.getReports().getReportsList()) {
      try {
        Report report = ReportCodec.fromProto(each);
        var told = ReportCodec.toProto(each.getSequence(), report);
        same(report, ReportCodec.fromProto(told));
      } catch (WireException refused) {
        said(refused);
      }
    }
    try {
      PermitRequest request = PermitCodec.fromProto(message.getPermits());
      same(request, PermitCodec.fromProto(PermitCodec.toProto(request)));
      Times.fromProto(message.getHeartbeat().getClock());
    } catch (WireException refused) {
      said(refused);
    }
  }

  static void fromCoordinator(byte[] bytes) {
    CoordinatorMessage message;
    try {
      message = CoordinatorMessage.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      return;
    }
    try {
      AssignmentSet set = AssignmentCodec.fromProto(message.getSet());
      same(set, AssignmentCodec.fromProto(AssignmentCodec.toProto(set)));
    } catch (WireException refused) {
      said(refused);
    }
    try {
      Permit permit = PermitCodec.fromProto(message.getPermit());
      same(permit, PermitCodec.fromProto(PermitCodec.toProto(permit)));
    } catch (WireException refused) {
      said(refused);
    }
  }

  static void stored(byte[] bytes) {
    if (bytes.length == 0) {
      return;
    }
    byte[] rest = java.util.Arrays.copyOfRange(bytes, 1, bytes.length);
    try {
      switch (bytes[0] & 7) {
        case 0 -> {
          Assignment assignment = AssignmentCodec.fromBytes(rest);
          same(assignment, AssignmentCodec.fromBytes(AssignmentCodec.toBytes(assignment)));
        }
        case 1 -> {
          AssignmentSet set = AssignmentCodec.setFromBytes(rest);
          same(set, AssignmentCodec.setFromBytes(AssignmentCodec.setToBytes(set)));
        }
        case 2 -> {
          Report report = ReportCodec.fromBytes(ByteString.copyFrom(rest));
          same(report, ReportCodec.fromBytes(ReportCodec.toBytes(7, report)));
        }
        case 3 -> {
          StepResult step = ReportCodec.stepFromBytes(rest);
          same(step, ReportCodec.stepFromBytes(ReportCodec.toBytes(step)));
        }
        case 4 -> {
          List<Map<String, String>> items = ReportCodec.unpack(ByteString.copyFrom(rest));
          same(items, ReportCodec.unpack(ReportCodec.pack(items)));
        }
        case 5 -> RateCodec.fromBytes(ByteString.copyFrom(rest));
        default -> {
          Map<String, Value> values = ValueCodec.fromProto(Struct.parseFrom(rest));
          same(values, ValueCodec.fromProto(ValueCodec.toProto(values)));
        }
      }
    } catch (WireException refused) {
      said(refused);
    } catch (InvalidProtocolBufferException e) {
      // No message at all.
    }
  }

  private static void same(Object once, Object again) {
    Target.require(once.equals(again), "written and read again it is another: " + once);
  }

  private static void said(WireException refused) {
    String message = refused.getMessage();
    Target.require(message != null && !message.isBlank(), "refused without a word");
  }
}

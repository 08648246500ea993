package dev.holdfast.agent.link;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import dev.holdfast.agent.spool.Spool;
import dev.holdfast.assignment.Generation;
import dev.holdfast.permit.PermitRequest;
import dev.holdfast.report.Lane;
import dev.holdfast.task.Sha256;
import dev.holdfast.task.TransportLimits;
import dev.holdfast.wire.AssignmentCodec;
import dev.holdfast.wire.PermitCodec;
import dev.holdfast.wire.ReportCodec;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.Heartbeat;
import dev.holdfast.wire.agent.Hello;
import dev.holdfast.wire.agent.HostCondition;
import dev.holdfast.wire.agent.LanePosition;
import dev.holdfast.wire.agent.Platform;
import dev.holdfast.wire.agent.SetAdopted;
import dev.holdfast.wire.agent.Wait;
import dev.holdfast.wire.agent.WaitReason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What the agent says of itself: the first message of each connection, what it is and holds; what
 * of that changed since; and what waits on it.
 */
final class Greeting {
  private Greeting() {}

  static AgentMessage hello(
      Host host, String installNonce, Wanted wanted, Spool spool, Instant clock) {
    Hello.Builder hello =
        Hello.newBuilder()
            .setAgentVersion(host.agentVersion())
            .setPlatform(
                Platform.newBuilder()
                    .setType(host.platformType())
                    .setName(host.platformName())
                    .setVersion(host.platformVersion())
                    .setComputerName(host.computerName())
                    .setIpAddress(host.ipAddress()))
            .setBootId(host.bootId())
            .setClock(Times.toProto(clock))
            .setGeneration(AssignmentCodec.toProto(wanted.generationHeld()))
            .setSetSha256(ByteString.copyFrom(wanted.setHeld().raw()))
            .setSpoolEpoch(spool.epoch())
            .setInstallNonce(installNonce)
            .setProcessNonce(host.processNonce())
            .setFingerprint(host.fingerprint())
            .setPermits(PermitCodec.toProto(wanted.permits().through(newestResult(spool))));
    spool
        .written()
        .forEach(
            (lane, sequence) ->
                hello.addLanes(
                    LanePosition.newBuilder()
                        .setLane(ReportCodec.toProto(lane))
                        .setSequence(sequence)));
    return AgentMessage.newBuilder().setHello(hello).build();
  }

  /** The agent lives, and its work loop moves. */
  static AgentMessage heartbeat(Wanted wanted, Instant clock) {
    Heartbeat.Builder beat =
        Heartbeat.newBuilder()
            .setClock(Times.toProto(clock))
            .setWorkLoopCount(wanted.workLoopCount());
    int left = TransportLimits.MAX_HEARTBEAT_BYTES - beat.build().getSerializedSize();
    for (HostCondition condition :
        fitting(
            wanted.conditions(),
            TransportLimits.MAX_HOST_CONDITIONS,
            Greeting::toProto,
            Heartbeat.CONDITIONS_FIELD_NUMBER,
            left)) {
      beat.addConditions(condition);
    }
    left = TransportLimits.MAX_HEARTBEAT_BYTES - beat.build().getSerializedSize();
    for (Wait wait :
        fitting(
            wanted.waits(),
            TransportLimits.MAX_HEARTBEAT_WAITS,
            Greeting::toProto,
            Heartbeat.WAITS_FIELD_NUMBER,
            left)) {
      beat.addWaits(wait);
    }
    return AgentMessage.newBuilder().setHeartbeat(beat).build();
  }

  /** The first of them, as many as may be told at once and as there is room for. */
  private static <T, M extends MessageLite> List<M> fitting(
      List<T> all, int most, Function<T, M> message, int field, int bytes) {
    List<M> fitting = new ArrayList<>();
    int left = bytes;
    for (T one : all.subList(0, Math.min(all.size(), most))) {
      M told = message.apply(one);
      left -= CodedOutputStream.computeMessageSize(field, told);
      if (left < 0) {
        break;
      }
      fitting.add(told);
    }
    return fitting;
  }

  /** The agent now holds this set on disk. */
  static AgentMessage adopted(Generation generation, Sha256 set) {
    return AgentMessage.newBuilder()
        .setAdopted(
            SetAdopted.newBuilder()
                .setGeneration(AssignmentCodec.toProto(generation))
                .setSetSha256(ByteString.copyFrom(set.raw())))
        .build();
  }

  /** What permits are asked for and held now. */
  static AgentMessage permits(PermitRequest request, Spool spool) {
    return AgentMessage.newBuilder()
        .setPermits(PermitCodec.toProto(request.through(newestResult(spool))))
        .build();
  }

  /** What the coordinator says, fit for a log line. */
  static String printable(String said) {
    String line = said.replaceAll("\\p{C}", " ");
    return line.length() > 500 ? line.substring(0, 500) : line;
  }

  /** The end of whatever has ended is among the reports up to this one. */
  private static long newestResult(Spool spool) {
    return spool.written().getOrDefault(Lane.RESULTS, 0L);
  }

  private static HostCondition toProto(Wanted.Condition condition) {
    String message = condition.message();
    return HostCondition.newBuilder()
        .setCode(condition.code())
        .setMessage(
            message.substring(0, Math.min(message.length(), TransportLimits.MAX_CONDITION_CHARS)))
        .setSince(Times.toProto(condition.since()))
        .build();
  }

  private static Wait toProto(Wanted.Wait wait) {
    return Wait.newBuilder()
        .setAssociationId(wait.waiting().association().value())
        .setTrigger(wait.waiting().trigger().text())
        .setReason(
            switch (wait.waiting().reason()) {
              case HOST_SLOT -> WaitReason.WAIT_REASON_HOST_SLOT;
              case OWN_RUN -> WaitReason.WAIT_REASON_OWN_RUN;
              case SPLAY -> WaitReason.WAIT_REASON_SPLAY;
              case PERMIT -> WaitReason.WAIT_REASON_PERMIT;
              case CALENDAR_CLOSED -> WaitReason.WAIT_REASON_CALENDAR_CLOSED;
              case FROZEN -> WaitReason.WAIT_REASON_FROZEN;
              case PARKED -> WaitReason.WAIT_REASON_PARKED;
              case HOST_POLICY -> WaitReason.WAIT_REASON_HOST_POLICY;
              case HOST_DISK -> WaitReason.WAIT_REASON_HOST_DISK;
              case SAFE_MODE -> WaitReason.WAIT_REASON_SAFE_MODE;
            })
        .setSince(Times.toProto(wait.since()))
        .build();
  }
}

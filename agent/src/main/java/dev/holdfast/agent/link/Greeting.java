package dev.holdfast.agent.link;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.spool.Spool;
import dev.holdfast.report.Lane;
import dev.holdfast.wire.AssignmentCodec;
import dev.holdfast.wire.PermitCodec;
import dev.holdfast.wire.ReportCodec;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.Hello;
import dev.holdfast.wire.agent.LanePosition;
import dev.holdfast.wire.agent.Platform;
import java.time.Instant;

/** The first message of each connection: what the agent is and holds. */
final class Greeting {
  private Greeting() {}

  static AgentMessage hello(Host host, Wanted wanted, Spool spool, Instant clock) {
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
            .setInstallNonce(host.installNonce())
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

  /** The end of whatever has ended is among the reports up to this one. */
  static long newestResult(Spool spool) {
    return spool.written().getOrDefault(Lane.RESULTS, 0L);
  }
}

package dev.holdfast.agent.link;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.agent.spool.Spool;
import dev.holdfast.agent.spool.Spooled;
import dev.holdfast.report.Lane;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.ReportCodec;
import dev.holdfast.wire.agent.Ack;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.LanePosition;
import dev.holdfast.wire.agent.Refusal;
import dev.holdfast.wire.agent.Report;
import dev.holdfast.wire.agent.ReportBatch;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports from the spool to the link: those that are sent and not acknowledged are bounded. */
final class SendingWindow {
  private static final Logger LOG = LoggerFactory.getLogger("link");

  private final Spool spool;
  private final InventoryAcks inventory;
  private final Deque<Spooled> unacknowledged = new ArrayDeque<>();

  SendingWindow(Spool spool, InventoryAcks inventory) {
    this.spool = spool;
    this.inventory = inventory;
  }

  /** The connection is gone. */
  void clear() {
    unacknowledged.clear();
  }

  /**
   * The hello is answered.
   *
   * @param heard the epoch of the store whose set is held; 0: none is. A higher one now: the store
   *     came back from a backup
   * @return whether sending may begin; if not, say hello again
   */
  boolean resumed(Ack ack, long heard) {
    Map<Lane, Long> stored = stored(ack);
    if (!spool.resumed(stored)) {
      return false;
    }
    if (heard > 0 && ack.getEpoch() > heard) {
      LOG.warn(
          "the coordinator's store came back from a backup; telling it again what it lacks epoch={}"
              + " before={}",
          ack.getEpoch(),
          heard);
      inventory.forgotten();
    }
    inventory.acknowledged(
        stored.getOrDefault(Lane.INVENTORY, 0L), Set.of(), ack.getWholeInventoryList());
    return true;
  }

  /** Reports are stored, or refused. */
  void acknowledged(Ack ack) {
    Set<Long> refusedInventory = new HashSet<>();
    for (Refusal refusal : ack.getRefusedList()) {
      Lane lane = ReportCodec.fromProto(refusal.getLane());
      spool.refused(lane, refusal.getSequence(), refusal.getReason());
      unacknowledged.removeIf(
          sent -> sent.lane() == lane && sent.sequence() == refusal.getSequence());
      if (lane == Lane.INVENTORY) {
        refusedInventory.add(refusal.getSequence());
      }
    }
    Map<Lane, Long> stored = stored(ack);
    spool.storedThrough(stored);
    unacknowledged.removeIf(sent -> sent.sequence() <= stored.getOrDefault(sent.lane(), 0L));
    if (stored.containsKey(Lane.INVENTORY)
        || !refusedInventory.isEmpty()
        || ack.getWholeInventoryCount() > 0) {
      inventory.acknowledged(
          stored.getOrDefault(Lane.INVENTORY, 0L), refusedInventory, ack.getWholeInventoryList());
    }
  }

  /** The next reports to send; empty if there are none, or enough are on their way. */
  Optional<AgentMessage> next() {
    if (unacknowledged.size() >= Limits.MAX_UNACKNOWLEDGED_REPORTS) {
      return Optional.empty();
    }
    List<Spooled> batch = spool.next(Limits.MAX_UNACKNOWLEDGED_REPORTS - unacknowledged.size());
    if (batch.isEmpty()) {
      return Optional.empty();
    }
    ReportBatch.Builder reports = ReportBatch.newBuilder();
    for (Spooled report : batch) {
      Optional<Report> parsed = parse(report);
      if (report.bytes().size() > Limits.MAX_REPORT_BYTES) {
        spool.refused(
            report.lane(),
            report.sequence(),
            "it has "
                + report.bytes().size()
                + " bytes, and a message has room for "
                + Limits.MAX_REPORT_BYTES);
      } else if (parsed.isPresent()) {
        reports.addReports(parsed.get());
        unacknowledged.add(new Spooled(report.lane(), report.sequence(), ByteString.EMPTY));
      } else {
        spool.refused(report.lane(), report.sequence(), "the record is no report");
      }
    }
    return Optional.of(AgentMessage.newBuilder().setReports(reports).build());
  }

  private static Map<Lane, Long> stored(Ack ack) {
    Map<Lane, Long> stored = new EnumMap<>(Lane.class);
    for (LanePosition position : ack.getStoredThroughList()) {
      stored.put(ReportCodec.fromProto(position.getLane()), position.getSequence());
    }
    return stored;
  }

  private static Optional<Report> parse(Spooled report) {
    try {
      return Optional.of(Report.parseFrom(report.bytes()));
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty();
    }
  }
}

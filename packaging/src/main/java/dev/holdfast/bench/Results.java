package dev.holdfast.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import dev.holdfast.association.Trigger;
import dev.holdfast.wire.agent.Lane;
import dev.holdfast.wire.agent.Report;
import dev.holdfast.wire.agent.RunReport;
import dev.holdfast.wire.v1.RunStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Ends of runs of an association of one a minute: of its coming ticks, since an instance's clock is
 * believed.
 *
 * @param first when its schedule was set
 */
record Results(String association, ByteString revision, Instant first) {

  /** So many, from one on. */
  List<Report> of(long from, int count) {
    List<Report> reports = new ArrayList<>();
    for (long sequence = from; sequence < from + count; sequence++) {
      reports.add(one(sequence));
    }
    return reports;
  }

  private Report one(long sequence) {
    Instant tick = first.plusSeconds(60 * sequence);
    return Report.newBuilder()
        .setLane(Lane.LANE_RESULTS)
        .setSequence(sequence)
        .setRun(
            RunReport.newBuilder()
                .setAssociationId(association)
                .setTrigger(new Trigger.Tick(tick).text())
                .setAttempt(1)
                .setStartNumber(sequence)
                .setStatus(RunStatus.RUN_STATUS_SUCCESS)
                .setDetailedStatus("Success")
                .setAssignmentSha256(revision)
                .setAssociationVersion(1)
                .setDocumentVersion(1)
                .setScheduledTime(Timestamps.fromMillis(tick.toEpochMilli()))
                .setStartTime(Timestamps.fromMillis(tick.toEpochMilli()))
                .setEndTime(Timestamps.fromMillis(tick.toEpochMilli() + 50)))
        .build();
  }
}

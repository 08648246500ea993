package dev.holdfast.faults;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.RetryTime;
import dev.holdfast.wire.agent.Ack;
import dev.holdfast.wire.agent.AssignmentReference;
import dev.holdfast.wire.agent.AssignmentSet;
import dev.holdfast.wire.agent.Lane;
import dev.holdfast.wire.agent.LanePosition;
import dev.holdfast.wire.agent.Report;
import dev.holdfast.wire.agent.RunReport;
import dev.holdfast.wire.v1.AssociationExecutionTarget;
import dev.holdfast.wire.v1.GetAssociationRunRequest;
import dev.holdfast.wire.v1.RunStatus;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * An agent made by hand that reports ends of runs as fast as it may, and keeps account of what was
 * acknowledged. Its runs are the coming ticks of a schedule of one a minute: an instance's clock is
 * believed, so there are as many as one likes.
 */
final class Reporter implements AutoCloseable {
  private final Rig rig;
  private final HandMade agent;
  private final String association;
  private final String spool;
  private final List<Double> ackMillis = new ArrayList<>();
  private Optional<AssignmentReference> reference = Optional.empty();
  private Instant first = Instant.EPOCH;
  private volatile long acknowledged;
  private volatile boolean stopped;
  private final LongAdder forgotten = new LongAdder();
  private long refused;
  private String refusal = "";

  private Reporter(Rig rig, HandMade agent, String association) {
    this.rig = rig;
    this.agent = agent;
    this.association = association;
    this.spool = "spool-" + agent.instance();
  }

  /** For an association with the schedule {@code rate(1 minute)} that applies to the agent. */
  static Reporter of(Rig rig, HandMade agent, String association) {
    return new Reporter(rig, agent, association);
  }

  /** So many were acknowledged. */
  long acknowledged() {
    return acknowledged;
  }

  /**
   * So many were acknowledged and not there any more when it came back; it told them again, so
   * nobody would see it later.
   */
  long forgotten() {
    return forgotten.sum();
  }

  /** So many were refused. */
  long refused() {
    return refused;
  }

  /** Why something was refused; empty if nothing was. */
  String refusal() {
    return refusal;
  }

  /** How long each acknowledgement took, in milliseconds. */
  List<Double> ackMillis() {
    return ackMillis;
  }

  /** Ends {@link #report}. */
  void stop() {
    stopped = true;
  }

  /**
   * Reports until it is stopped, so many at once and so many a second; whenever the link ends it
   * comes back and goes on where the coordinator says.
   */
  void report(int atOnce, int aSecond) throws InterruptedException {
    while (!stopped) {
      try {
        life(atOnce, aSecond);
      } catch (StatusRuntimeException | IOException | GeneralSecurityException e) {
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
  }

  private void life(int atOnce, int aSecond)
      throws InterruptedException, IOException, GeneralSecurityException {
    var channel = agent.another(rig.agentAddress(), Field.authority(rig));
    try (Talk talk = Talk.hello(channel, spool)) {
      Optional<Ack> hello =
          talk.await(
              message -> message.hasAck() ? Optional.of(message.getAck()) : Optional.empty());
      if (hello.isEmpty()) {
        return;
      }
      forgotten.add(Math.max(0, acknowledged - through(hello.get())));
      long next = through(hello.get()) + 1;
      if (reference.isEmpty() && !prepare(talk)) {
        return;
      }
      while (!stopped) {
        List<Report> batch = new ArrayList<>();
        for (int i = 0; i < atOnce; i++) {
          batch.add(report(next + i));
        }
        long began = System.nanoTime();
        Optional<Ack> ack = talk.answered(batch);
        if (ack.isEmpty()) {
          return;
        }
        ackMillis.add((System.nanoTime() - began) / 1e6);
        refused += ack.get().getRefusedCount();
        if (ack.get().getRefusedCount() > 0) {
          refusal = ack.get().getRefused(0).getReason();
        }
        acknowledged = Math.max(acknowledged, through(ack.get()));
        next = through(ack.get()) + 1;
        long due = began + TimeUnit.SECONDS.toNanos(1) * atOnce / aSecond;
        TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
      }
    } finally {
      channel.shutdownNow();
    }
  }

  /** Learns what it is to report (rates count whole seconds); false if the link ended before. */
  private boolean prepare(Talk talk) throws InterruptedException, IOException {
    while (true) {
      Optional<AssignmentSet> set = talk.set();
      if (set.isEmpty()) {
        return false;
      }
      Optional<AssignmentReference> found =
          set.get().getAssignmentsList().stream()
              .filter(each -> each.getAssociationId().equals(association))
              .findFirst();
      if (found.isPresent()) {
        var anchor = talk.body(found.get()).getScheduleAnchor();
        first = Instant.ofEpochSecond(anchor.getSeconds());
        reference = found;
        return true;
      }
    }
  }

  private Report report(long sequence) {
    long now = System.currentTimeMillis();
    return Report.newBuilder()
        .setLane(Lane.LANE_RESULTS)
        .setSequence(sequence)
        .setRun(
            RunReport.newBuilder()
                .setAssociationId(association)
                .setTrigger(trigger(sequence).text())
                .setAttempt(1)
                .setStartNumber(sequence)
                .setStatus(RunStatus.RUN_STATUS_SUCCESS)
                .setDetailedStatus("Success")
                .setAssignmentSha256(
                    reference.map(AssignmentReference::getSha256).orElse(ByteString.EMPTY))
                .setAssociationVersion(1)
                .setDocumentVersion(1)
                .setStartTime(Timestamps.fromMillis(now))
                .setEndTime(Timestamps.fromMillis(now)))
        .build();
  }

  private Trigger trigger(long sequence) {
    return new Trigger.Tick(first.plusSeconds(60 * sequence));
  }

  private static long through(Ack ack) {
    return ack.getStoredThroughList().stream()
        .filter(position -> position.getLane() == Lane.LANE_RESULTS)
        .mapToLong(LanePosition::getSequence)
        .findFirst()
        .orElse(0);
  }

  /**
   * How many of what was acknowledged the coordinator does not know as it was told; it is asked for
   * so many of them, the newest among them.
   *
   * @param through how many were acknowledged
   */
  long lost(Rig asked, long through, int samples) {
    long lost = 0;
    for (int i = 0; i < samples && i < through; i++) {
      long sequence = through - i * Math.max(1, through / samples);
      if (sequence > 0 && !stored(asked, sequence)) {
        lost++;
      }
    }
    return lost;
  }

  private boolean stored(Rig asked, long sequence) {
    String run =
        Identity.runId(
            new InstanceId(agent.instance()), new AssociationId(association), trigger(sequence));
    Optional<AssociationExecutionTarget> found = found(asked, run);
    return found.isPresent() && asTold(found.get(), run, sequence);
  }

  private boolean asTold(AssociationExecutionTarget target, String run, long sequence) {
    return !target.getDerived()
        && target.getRunId().equals(run)
        && target.getResourceId().equals(agent.instance())
        && target.getAssociationId().equals(association)
        && target.getAttempt() == 1
        && target.getAssociationVersion() == 1
        && target.getStatus() == RunStatus.RUN_STATUS_SUCCESS
        && target.getScheduledTime().getSeconds() == first.getEpochSecond() + 60 * sequence
        && target.hasStartTime()
        && target.getStartTime().equals(target.getEndTime());
  }

  /** A run that the coordinator knows; asks again when it is told that it asks too often. */
  private static Optional<AssociationExecutionTarget> found(Rig asked, String run) {
    while (true) {
      try {
        return Optional.of(
            asked
                .associations()
                .getAssociationRun(GetAssociationRunRequest.newBuilder().setRunId(run).build())
                .getTarget());
      } catch (StatusRuntimeException e) {
        Optional<Duration> retry = RetryTime.of(e);
        if (retry.isEmpty()) {
          return Optional.empty();
        }
        LockSupport.parkNanos(retry.get().toNanos());
      }
    }
  }

  @Override
  public void close() {
    stop();
    agent.close();
  }
}

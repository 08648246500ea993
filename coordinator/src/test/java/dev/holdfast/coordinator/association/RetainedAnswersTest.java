package dev.holdfast.coordinator.association;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.retention.Kept;
import dev.holdfast.coordinator.retention.Retention;
import dev.holdfast.coordinator.store.EndedRuns;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.report.RunStatus;
import dev.holdfast.testing.ManualTimers;
import dev.holdfast.wire.v1.DescribeInstanceAssociationsStatusRequest;
import dev.holdfast.wire.v1.ExplainAssociationRequest;
import dev.holdfast.wire.v1.GetAssociationRunRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is answered when runs and executions are no longer kept. */
final class RetainedAnswersTest {
  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Fleet fleet;

  @SuppressWarnings("NullAway.Init") // set before each test
  private InstanceId host;

  private String association = "";
  private String change = "";

  @BeforeEach
  void open() {
    fleet = new Fleet(folder, 100);
    fleet.createDocument("say-it", "first");
    host = fleet.enrol(1, Map.of());
    association = new GroupScene(fleet).associate("one", Fleet.all()).getAssociationId();
    change = fleet.executions(association).getFirst().getExecutionId();
    fleet.report(change, host, RunStatus.FAILED);
  }

  @AfterEach
  void close() {
    fleet.close();
  }

  private void round() {
    ManualTimers own = new ManualTimers(fleet.timers.now());
    new Retention(fleet.store, UUID::randomUUID, own, fleet.timers::now, Kept.DEFAULT).start();
    own.advance(Duration.ofMinutes(59));
  }

  private String tick() {
    fleet.advance(Duration.ofDays(1));
    Instant at = fleet.timers.now().truncatedTo(ChronoUnit.SECONDS);
    return fleet.tick(association, at);
  }

  private int executions() {
    return fleet.executions(association).size();
  }

  @Test
  void howAnAssociationStandsIsAnsweredWithoutItsExecution() {
    String ran = tick();
    fleet.report(ran, host, RunStatus.SUCCESS);
    String run =
        fleet
            .store
            .read(read -> Runs.current(read, host, new AssociationId(association)))
            .orElseThrow()
            .runId();
    tick();
    fleet.advance(Duration.ofDays(100));
    round();
    assertTrue(fleet.store.read(read -> Executions.find(read, ran)).isEmpty());

    var standing =
        fleet
            .call(
                fleet.instances::describeInstanceAssociationsStatus,
                DescribeInstanceAssociationsStatusRequest.newBuilder()
                    .setInstanceId(host.value())
                    .build())
            .getInstanceAssociationStatusInfosList();
    var answered =
        fleet.call(
            fleet.associations::getAssociationRun,
            GetAssociationRunRequest.newBuilder().setRunId(run).build());
    var explained =
        fleet.call(
            fleet.associations::explainAssociation,
            ExplainAssociationRequest.newBuilder()
                .setAssociationId(association)
                .setInstanceId(host.value())
                .build());

    assertEquals(
        List.of("RUN_STATUS_SUCCESS"),
        standing.stream().map(info -> info.getStatus().name()).toList());
    assertEquals(run, standing.getFirst().getRunId());
    assertEquals(ran, answered.getTarget().getExecutionId());
    assertEquals("RUN_STATUS_SUCCESS", answered.getTarget().getStatus().name());
    assertTrue(answered.getTarget().hasScheduledTime());
    assertEquals(run, explained.getLastRun().getRunId());
  }

  @Test
  void whoComesBackIsNotAskedAnewForWhatItDidLongAgo() {
    for (int i = 0; i < 3; i++) {
      fleet.report(tick(), host, RunStatus.FAILED);
    }
    fleet.advance(Duration.ofDays(100));
    round();
    boolean gone = fleet.store.read(read -> EndedRuns.has(read, change, host));
    assertTrue(gone, "its run is gone");
    int before = executions();

    fleet.store.write(
        write -> {
          fleet.desk.connected(write, host);
          return true;
        });

    assertEquals(before, executions());
    assertEquals("Failed/Failed", fleet.standing(association, change, host));
  }
}

package dev.holdfast.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationExecution;
import dev.holdfast.wire.v1.AssociationExecutionTarget;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.EventServiceGrpc;
import dev.holdfast.wire.v1.RunStatus;
import dev.holdfast.wire.v1.Target;
import dev.holdfast.wire.v1.WatchRequest;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Rate control with real programs, and a coordinator that is killed all the time. */
@Execution(ExecutionMode.CONCURRENT) // it mostly waits
final class RateControlTest {
  private static final int AGENTS = 40;
  private static final int AT_ONCE = 2;
  private static final int ERRORS = 1;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration BETWEEN_KILLS = Duration.ofSeconds(10);

  /** On a busy machine agents find a coordinator that lives so short too seldom to get on. */
  private static final int MOST_KILLS = 6;

  /** An agent that was refused again and again waits this long before it tries once more. */
  private static final Duration END = Limits.RECONNECT_LONGEST.plus(PATIENCE);

  @Test
  void neverMoreThanTwoRunAndTheRestIsSkippedAfterTheSecondError() throws InterruptedException {
    try (Rig rig = new Rig()) {
      rig.admitMany();
      rig.startCoordinator();
      // They take a second and a half each, and on every tenth agent they fail: about twenty have
      // run when the second one has, while the coordinator was killed at least once.
      rig.startAgents(AGENTS, List.of("--run-millis", "1500", "--fail-every", "10"), PATIENCE);
      rig.createScript("careful", List.of("true"));
      String association =
          rig.associations()
              .createAssociation(
                  CreateAssociationRequest.newBuilder()
                      .setAssociation(
                          Association.newBuilder()
                              .setName("careful")
                              .setMaxConcurrency(Integer.toString(AT_ONCE))
                              .setMaxErrors(Integer.toString(ERRORS))
                              .addTargets(Target.newBuilder().setKey("InstanceIds").addValues("*")))
                      .build())
              .getAssociationDescription()
              .getAssociationId();

      List<AssociationExecutionTarget> targets = killAndWait(rig, association);

      List<AssociationExecutionTarget> ran =
          targets.stream().filter(AssociationExecutionTarget::hasStartTime).toList();
      List<AssociationExecutionTarget> failed =
          ran.stream()
              .filter(target -> target.getStatus() == RunStatus.RUN_STATUS_FAILED)
              .sorted(
                  Comparator.comparing(
                      AssociationExecutionTarget::getEndTime, Timestamps.comparator()))
              .toList();
      assertTrue(atOnce(ran) <= AT_ONCE, () -> atOnce(ran) + " at once: " + ran);
      assertTrue(failed.size() > ERRORS, () -> failed.size() + " errors: " + targets);
      assertTrue(failed.size() <= ERRORS + AT_ONCE, () -> failed.size() + " errors: " + failed);
      Timestamp stopped = Timestamps.add(stopped(rig), Durations.fromSeconds(1));
      List<AssociationExecutionTarget> late =
          ran.stream()
              .filter(target -> Timestamps.compare(target.getStartTime(), stopped) > 0)
              .toList();
      assertEquals(List.of(), late, "started after the coordinator had heard of the second error");
      assertEquals(
          AGENTS - ran.size(),
          targets.stream()
              .filter(target -> target.getStatus() == RunStatus.RUN_STATUS_SKIPPED)
              .filter(target -> target.getDetailedStatus().equals("ErrorLimit"))
              .count());
      assertEquals(0, rig.agent().stop());
    }
  }

  /** When the coordinator had heard of one error too many. A permit may be on its way then. */
  private static Timestamp stopped(Rig rig) {
    return EventServiceGrpc.newBlockingStub(rig.channel())
        .withCallCredentials(rig.token())
        .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .watch(WatchRequest.newBuilder().addTypes("ExecutionStopped").build())
        .next()
        .getTime();
  }

  /** Kills the coordinator again and again and waits until all targets have ended; the targets. */
  private static List<AssociationExecutionTarget> killAndWait(Rig rig, String association)
      throws InterruptedException {
    long end = System.nanoTime() + END.toNanos();
    long nextKill = System.nanoTime() + BETWEEN_KILLS.toNanos();
    int kills = 0;
    while (true) {
      TimeUnit.MILLISECONDS.sleep(500);
      if (System.nanoTime() > nextKill && kills < MOST_KILLS) {
        rig.coordinator().kill();
        rig.startCoordinator();
        kills++;
        nextKill = System.nanoTime() + BETWEEN_KILLS.toNanos();
      }
      List<AssociationExecutionTarget> targets = new ArrayList<>();
      try {
        for (AssociationExecution execution : rig.executions(association)) {
          targets.addAll(rig.targets(association, execution.getExecutionId()));
        }
      } catch (StatusRuntimeException e) {
        continue; // its connection is not there yet
      }
      boolean over =
          !targets.isEmpty() && targets.stream().allMatch(target -> ended(target.getStatus()));
      if ((over && kills > 0) || System.nanoTime() > end) {
        assertEquals(AGENTS, targets.size());
        assertTrue(over, () -> "not ended after " + END + ": " + targets);
        return targets;
      }
    }
  }

  /** How many of these runs were in progress at the same moment, at most. */
  private static long atOnce(List<AssociationExecutionTarget> ran) {
    return ran.stream()
        .mapToLong(
            one ->
                ran.stream()
                    .filter(
                        other ->
                            Timestamps.compare(other.getStartTime(), one.getStartTime()) <= 0
                                && Timestamps.compare(other.getEndTime(), one.getStartTime()) > 0)
                    .count())
        .max()
        .orElse(0);
  }

  private static boolean ended(RunStatus status) {
    return status != RunStatus.RUN_STATUS_PENDING && status != RunStatus.RUN_STATUS_IN_PROGRESS;
  }
}

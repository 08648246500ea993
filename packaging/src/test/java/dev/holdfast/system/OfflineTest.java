package dev.holdfast.system;

import static java.time.ZoneOffset.UTC;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.task.Limits;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationExecution;
import dev.holdfast.wire.v1.AssociationExecutionTarget;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.RunStatus;
import dev.holdfast.wire.v1.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT) // it mostly waits
final class OfflineTest {
  private static final Duration APPLIED = Duration.ofSeconds(30);
  private static final Duration TICKS = Duration.ofMinutes(7);

  /**
   * An agent that was refused for minutes waits up to the longest back-off before it tries again.
   */
  private static final Duration RECONNECTED = Limits.RECONNECT_LONGEST.plusMinutes(1);

  @Test
  void threeTicksThatPassWhileTheCoordinatorIsAwayArriveOnceEach()
      throws IOException, InterruptedException {
    try (Rig rig = new Rig()) {
      Path began = rig.folder().resolve("began");
      rig.startCoordinator();
      String instance = rig.enroll(Map.of());
      rig.startAgent();
      rig.createScript("mark", List.of("echo \"$HOLDFAST_RUN_ID\" >> " + began));
      String association =
          rig.associations()
              .createAssociation(
                  CreateAssociationRequest.newBuilder()
                      .setAssociation(
                          Association.newBuilder()
                              .setName("mark")
                              .setScheduleExpression(threeMinutesFrom(LocalTime.now(UTC)))
                              .addTargets(
                                  Target.newBuilder().setKey("InstanceIds").addValues(instance)))
                      .build())
              .getAssociationDescription()
              .getAssociationId();
      await("the first run", APPLIED, () -> ended(rig, association).size() == 1);

      assertEquals(0, rig.coordinator().stop());
      rig.agent().kill();
      assertTrue(rig.startAgent().endsWith("offline"));
      await("three ticks", TICKS, () -> lines(began).size() == 4);
      rig.startCoordinator();
      await("the reports", RECONNECTED, () -> ended(rig, association).size() == 4);

      List<AssociationExecutionTarget> runs = ended(rig, association);
      assertEquals(
          lines(began).stream().sorted().toList(),
          runs.stream().map(AssociationExecutionTarget::getRunId).sorted().toList());
      assertTrue(
          runs.stream().allMatch(run -> run.getStatus() == RunStatus.RUN_STATUS_SUCCESS),
          () -> "" + runs);
      assertEquals(
          3,
          rig.executions(association).stream()
              .filter(execution -> execution.getTrigger().startsWith("tick:"))
              .count());
    }
  }

  /** Three minutes of every hour, the first at least half a minute ahead: time to stop both. */
  private static String threeMinutesFrom(LocalTime now) {
    int first = now.plusSeconds(30).getMinute() + 1;
    return "cron(%d,%d,%d * * * ? *)".formatted(first % 60, (first + 1) % 60, (first + 2) % 60);
  }

  private static List<AssociationExecutionTarget> ended(Rig rig, String association) {
    List<AssociationExecutionTarget> ended = new ArrayList<>();
    for (AssociationExecution execution : rig.executions(association)) {
      rig.targets(association, execution.getExecutionId()).stream()
          .filter(target -> !target.getDerived() && target.hasEndTime())
          .forEach(ended::add);
    }
    return ended;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void await(String what, Duration atMost, BooleanSupplier condition)
      throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("waited " + atMost + " for " + what);
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }
}

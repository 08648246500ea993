package dev.holdfast.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.testing.NoticeSocket;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Both programs by their launchers, as a service manager starts and hears them. */
@Timeout(240)
final class ServiceManagerTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  @Test
  void bothProgramsTellThatTheyAreReadyThatTheyLiveAndThatTheyStopAndScriptsHearNothingOfIt()
      throws Exception {
    try (Rig rig = new Rig();
        NoticeSocket ofCoordinator = new NoticeSocket(rig.folder().resolve("one").toString());
        NoticeSocket ofAgent = new NoticeSocket("@" + rig.folder() + "/two")) {
      rig.coordinatorWithin(managed(ofCoordinator));
      rig.agentWithin(managed(ofAgent));
      rig.startCoordinator();
      assertEquals(
          List.of("READY=1", "STATUS=0 agents linked"),
          ofCoordinator.until("WATCHDOG=1", SOON).subList(0, 2));
      rig.enroll(Map.of("Role", "web"));
      rig.startAgent();
      List<String> said = ofAgent.until("WATCHDOG=1", SOON);
      assertEquals("READY=1", said.getFirst());
      assertTrue(
          said.stream().anyMatch(line -> line.startsWith("STATUS=link linked, 127.0.0.1:")),
          said::toString);
      ofCoordinator.until("STATUS=1 agent linked", SOON);

      Path told = rig.folder().resolve("environment");
      rig.createScript(
          "environment", List.of("env > " + told + ".part", "mv " + told + ".part " + told));
      String association =
          rig.associations()
              .createAssociation(
                  CreateAssociationRequest.newBuilder()
                      .setAssociation(
                          Association.newBuilder()
                              .setName("environment")
                              .addTargets(Target.newBuilder().setKey("tag:Role").addValues("web")))
                      .build())
              .getAssociationDescription()
              .getAssociationId();
      long end = System.nanoTime() + SOON.toNanos();
      while (!Files.exists(told) && System.nanoTime() < end) {
        Thread.sleep(50);
      }
      assertTrue(Files.exists(told), () -> "did not run: " + rig.executions(association));
      List<String> variables = Files.readAllLines(told);
      assertTrue(variables.stream().anyMatch(line -> line.startsWith("PATH=")));
      assertTrue(
          variables.stream()
              .noneMatch(line -> line.startsWith("NOTIFY_SOCKET") || line.startsWith("WATCHDOG_")),
          variables::toString);

      assertEquals(0, rig.agent().stop());
      ofAgent.until("STOPPING=1", SOON);
      assertEquals(0, rig.coordinator().stop());
      ofCoordinator.until("STOPPING=1", SOON);
    }
  }

  private static Launched.Around managed(NoticeSocket manager) {
    return new Launched.Around(
        List.of(), Map.of("NOTIFY_SOCKET", manager.name(), "WATCHDOG_USEC", "1000000"));
  }
}

package dev.holdfast.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT) // it mostly waits
final class SimulateTest {
  private static final int AGENTS = 20;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void simulatedAgentsEnrolRunWhatTheyAreToldAndEndWhenTold()
      throws IOException, InterruptedException {
    try (Rig rig = new Rig()) {
      rig.configure(Rig.MANY_AGENTS);
      rig.startCoordinator();
      Path runs = rig.folder().resolve("runs");
      rig.startAgents(AGENTS, List.of("--runs-file", runs.toString()), PATIENCE);
      Path mark = rig.folder().resolve("mark");
      rig.createScript("mark", List.of("touch " + mark));

      String association =
          rig.associations()
              .createAssociation(
                  CreateAssociationRequest.newBuilder()
                      .setAcknowledgeTargets(AGENTS)
                      .setAssociation(
                          Association.newBuilder()
                              .setName("mark")
                              .addTargets(Target.newBuilder().setKey("InstanceIds").addValues("*")))
                      .build())
              .getAssociationDescription()
              .getAssociationId();

      Set<String> succeeded = new HashSet<>();
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (succeeded.size() < AGENTS && System.nanoTime() < end) {
        TimeUnit.MILLISECONDS.sleep(200);
        for (AssociationExecution execution : rig.executions(association)) {
          rig.targets(association, execution.getExecutionId()).stream()
              .filter(target -> target.getStatus() == RunStatus.RUN_STATUS_SUCCESS)
              .map(AssociationExecutionTarget::getResourceId)
              .forEach(succeeded::add);
        }
      }
      assertEquals(AGENTS, succeeded.size(), rig.agent().said());
      assertTrue(Files.notExists(mark), "their hosts are not there: nothing is run");
      assertTrue(Files.notExists(rig.state()), "nor is anything kept");
      assertEquals(0, rig.agent().stop());
      Map<String, String> figures =
          Launched.words(rig.agent().awaitLine("figures ", Duration.ofSeconds(5)));
      assertEquals("" + AGENTS, figures.get("ended"));
      assertEquals("" + AGENTS, figures.get("started"));
      List<String> lines = Files.readAllLines(runs);
      assertEquals(AGENTS, lines.stream().filter(line -> line.startsWith("started ")).count());
      assertEquals(AGENTS, lines.stream().filter(line -> line.endsWith(" 1 SUCCESS")).count());
    }
  }

  @Test
  void aWrongCallIsToldInOneLine() {
    try (Rig rig = new Rig()) {
      String output =
          Launched.run(
              rig.folder(),
              "holdfast-agent",
              List.of(
                  "simulate",
                  "--agents",
                  "0",
                  "--coordinator",
                  "127.0.0.1:1",
                  "--ca-pin",
                  "sha256:" + "0".repeat(64),
                  "--activation-id",
                  "none",
                  "--activation-code-file",
                  "/dev/null"),
              2);

      assertEquals("", output);
    }
  }
}

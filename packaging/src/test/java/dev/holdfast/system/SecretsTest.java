package dev.holdfast.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.task.Sha256;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationExecution;
import dev.holdfast.wire.v1.AssociationExecutionTarget;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.DocumentServiceGrpc;
import dev.holdfast.wire.v1.GetAssociationRunRequest;
import dev.holdfast.wire.v1.GetAssociationRunResponse;
import dev.holdfast.wire.v1.ParameterServiceGrpc;
import dev.holdfast.wire.v1.ParameterType;
import dev.holdfast.wire.v1.PutParameterRequest;
import dev.holdfast.wire.v1.RunStatus;
import dev.holdfast.wire.v1.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A secret on its whole way, through both programs and a kill in the middle. */
@Execution(ExecutionMode.CONCURRENT) // it mostly waits
final class SecretsTest {
  private static final Duration APPLIED = Duration.ofSeconds(60);
  private static final String CANARY = "canary-93b0d2e8";

  /** Says its secret, waits to be let go, and says it again in a second step. */
  private static final String DOCUMENT =
      """
      schemaVersion: "2.2"
      parameters:
        password:
          type: String
          interpolationType: ENV_VAR
      mainSteps:
      - action: aws:runShellScript
        name: first
        inputs:
          runCommand:
          - printf %s "$SSM_password" | sha256sum | cut -c1-64 >> FOLDER/got
          - echo "it is $SSM_password"
          - until [ -e FOLDER/go ]; do sleep 0.1; done
      - action: aws:runShellScript
        name: second
        inputs:
          runCommand:
          - printf %s "$SSM_password" | sha256sum | cut -c1-64 >> FOLDER/got
          - echo "still $SSM_password" >&2
      """;

  @Test
  void scriptsGetItAndNoFileOfEitherProgramHasItButWhatTheScriptsThemselvesSaid()
      throws IOException, InterruptedException {
    try (Rig rig = new Rig()) {
      rig.startCoordinator();
      String instance = rig.enroll(Map.of());
      rig.startAgent();
      put(rig, CANARY);
      String association = associate(rig, instance);
      Path got = rig.folder().resolve("got");
      await("the first step", APPLIED, () -> Files.exists(got));

      rig.agent().kill();
      put(rig, "another-value-since");
      rig.startAgent();
      Files.createFile(rig.folder().resolve("go"));
      await("the end", APPLIED, () -> !ended(rig, association).isEmpty());

      AssociationExecutionTarget target = ended(rig, association).getFirst();
      GetAssociationRunResponse run =
          rig.associations()
              .getAssociationRun(
                  GetAssociationRunRequest.newBuilder().setRunId(target.getRunId()).build());
      assertEquals(RunStatus.RUN_STATUS_SUCCESS, target.getStatus(), run::toString);
      assertEquals("it is ***\n", run.getSteps(0).getStdout().getHead().toStringUtf8());
      assertEquals("still ***\n", run.getSteps(1).getStderr().getHead().toStringUtf8());
      String hash = Sha256.of(CANARY.getBytes(StandardCharsets.UTF_8)).hex();
      assertEquals(List.of(hash, hash), Files.readAllLines(got), "the value that it began with");
      assertEquals(0, rig.agent().stop());
      assertEquals(0, rig.coordinator().stop());

      List<String> holders = holders(rig.folder());
      assertFalse(holders.isEmpty(), "what scripts say is kept on the host");
      assertTrue(
          holders.stream()
              .allMatch(file -> file.matches("agent/runs/[^/]+/[^/]+/std(out|err)\\.0")),
          holders.toString());
    }
  }

  /** The files that have the secret in them. */
  private static List<String> holders(Path folder) throws IOException {
    List<String> holders = new ArrayList<>();
    int looked = 0;
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        looked++;
        if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(CANARY)) {
          holders.add(folder.relativize(file).toString());
        }
      }
    }
    assertTrue(looked > 10, looked + " files");
    return holders;
  }

  private static void put(Rig rig, String value) {
    var _ =
        ParameterServiceGrpc.newBlockingStub(rig.channel())
            .withCallCredentials(rig.token())
            .putParameter(
                PutParameterRequest.newBuilder()
                    .setName("/web/password")
                    .setValue(value)
                    .setType(ParameterType.PARAMETER_TYPE_SECURE_STRING)
                    .setOverwrite(true)
                    .setClientToken("put " + value.length())
                    .build());
  }

  private static String associate(Rig rig, String instance) {
    var _ =
        DocumentServiceGrpc.newBlockingStub(rig.channel())
            .withCallCredentials(rig.token())
            .createDocument(
                CreateDocumentRequest.newBuilder()
                    .setName("use-it")
                    .setContent(DOCUMENT.replace("FOLDER", rig.folder().toString()))
                    .build());
    return rig.associations()
        .createAssociation(
            CreateAssociationRequest.newBuilder()
                .setAssociation(
                    Association.newBuilder()
                        .setName("use-it")
                        .setParameters(
                            com.google.protobuf.Struct.newBuilder()
                                .putFields(
                                    "password",
                                    com.google.protobuf.Value.newBuilder()
                                        .setStringValue("{{ssm-secure:/web/password}}")
                                        .build()))
                        .addTargets(Target.newBuilder().setKey("InstanceIds").addValues(instance)))
                .build())
        .getAssociationDescription()
        .getAssociationId();
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

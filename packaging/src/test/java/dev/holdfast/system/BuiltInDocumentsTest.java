package dev.holdfast.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import com.sun.net.httpserver.HttpServer;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationExecution;
import dev.holdfast.wire.v1.AssociationExecutionTarget;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.DocumentServiceGrpc;
import dev.holdfast.wire.v1.GetAssociationRunRequest;
import dev.holdfast.wire.v1.GetAssociationRunResponse;
import dev.holdfast.wire.v1.RunStatus;
import dev.holdfast.wire.v1.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Documents that come with the coordinator, by both programs: what they name reaches the host. */
@Execution(ExecutionMode.CONCURRENT) // it mostly waits
final class BuiltInDocumentsTest {
  private static final String STORED =
      """
      schemaVersion: "2.2"
      parameters:
        Word: {type: String, interpolationType: ENV_VAR}
      mainSteps:
      - action: aws:runShellScript
        name: say
        inputs:
          runCommand: ['echo "the word is $SSM_Word"']
      """;

  private static final String SCRIPT = "#!/bin/sh\necho \"fetched, and run with $1\"\n";

  @Test
  void aStoredDocumentTravelsWithItsAssociationAndAScriptIsFetchedByTheHost()
      throws IOException, InterruptedException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/hello.sh",
        exchange -> {
          byte[] body = SCRIPT.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    try (Rig rig = new Rig()) {
      rig.startCoordinator();
      String instance = rig.enroll(Map.of());
      rig.startAgent();
      var _ =
          DocumentServiceGrpc.newBlockingStub(rig.channel())
              .withCallCredentials(rig.token())
              .createDocument(
                  CreateDocumentRequest.newBuilder().setName("say").setContent(STORED).build());

      String child =
          associate(
              rig,
              instance,
              "AWS-RunDocument",
              """
              {"sourceType": "SSMDocument", "sourceInfo": {"name": "say"}, "documentParameters": {"Word": "plumb"}}
              """);
      String remote =
          associate(
              rig,
              instance,
              "AWS-RunRemoteScript",
              """
              {"sourceType": "HTTP", "sourceInfo": {"url": "http://127.0.0.1:%d/hello.sh", "allowInsecureDownload": "true"}, "commandLine": "sh hello.sh plumb"}
              """
                  .formatted(server.getAddress().getPort()));

      assertEquals("the word is plumb\n", lastOutput(rig, child));
      assertEquals("fetched, and run with plumb\n", lastOutput(rig, remote));
    } finally {
      server.stop(0);
    }
  }

  private static String associate(Rig rig, String instance, String document, String parameters)
      throws InvalidProtocolBufferException {
    Struct.Builder values = Struct.newBuilder();
    JsonFormat.parser().merge(parameters, values);
    return rig.associations()
        .createAssociation(
            CreateAssociationRequest.newBuilder()
                .setAssociation(
                    Association.newBuilder()
                        .setName(document)
                        .setParameters(values)
                        .addTargets(Target.newBuilder().setKey("InstanceIds").addValues(instance)))
                .build())
        .getAssociationDescription()
        .getAssociationId();
  }

  /** What the last step that wrote something said, when the association's run ended well. */
  private static String lastOutput(Rig rig, String association) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    Optional<AssociationExecutionTarget> target = ended(rig, association);
    while (target.isEmpty() && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(200);
      target = ended(rig, association);
    }
    GetAssociationRunResponse run =
        rig.associations()
            .getAssociationRun(
                GetAssociationRunRequest.newBuilder()
                    .setRunId(target.orElseThrow().getRunId())
                    .build());
    assertEquals(RunStatus.RUN_STATUS_SUCCESS, target.get().getStatus(), run::toString);
    return run.getStepsList().stream()
        .map(step -> step.getStdout().getHead().toStringUtf8())
        .filter(text -> !text.isEmpty())
        .reduce("", (before, last) -> last);
  }

  private static Optional<AssociationExecutionTarget> ended(Rig rig, String association) {
    return rig.executions(association).stream()
        .map(AssociationExecution::getExecutionId)
        .flatMap(execution -> rig.targets(association, execution).stream())
        .filter(target -> !target.getDerived() && target.hasEndTime())
        .findFirst();
  }
}

package dev.holdfast.faults;

import com.google.protobuf.ByteString;
import dev.holdfast.system.Rig;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.agent.AssignmentBody;
import dev.holdfast.wire.v1.AssociationExecution;
import dev.holdfast.wire.v1.AssociationExecutionTarget;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.DocumentServiceGrpc;
import dev.holdfast.wire.v1.RunStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Names that no coordinator would take, written into its store while it was stopped: it hands them
 * on, and the host has to refuse them by itself.
 */
final class ForcedRows {
  private static final Duration ENDS = Duration.ofSeconds(60);

  /** Where a name stands. */
  private enum Place {
    STEP,
    PLUGIN,
    PARAMETER,
    DOCUMENT
  }

  /**
   * One that was forced.
   *
   * @param touched what its script would leave
   */
  private record Forced(String association, String name, Place place, Path touched) {}

  private final Trial trial;
  private final Rig rig;
  private final String instance;
  private final Path store;

  /** With an agent that has enrolled and does not run. */
  ForcedRows(Trial trial, Rig rig, String instance) {
    this.trial = trial;
    this.rig = rig;
    this.instance = instance;
    this.store = rig.data().resolve("holdfast.db");
  }

  /**
   * Forces each name into the store, another place each, and looks at what the host does.
   *
   * @param turn with which place the first begins
   */
  void judge(List<String> names, int turn) throws IOException, InterruptedException {
    List<Forced> all = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      String document = "forced-" + turn + "-" + i;
      var _ =
          DocumentServiceGrpc.newBlockingStub(rig.channel())
              .withCallCredentials(rig.token())
              .createDocument(
                  CreateDocumentRequest.newBuilder()
                      .setName(document)
                      .setContent(AdminCases.Traversal.document("fine"))
                      .build());
      Place place = Place.values()[(i + turn) % Place.values().length];
      all.add(
          new Forced(
              AgentCases.associate(rig, instance, document),
              names.get(i),
              place,
              trial.folder().resolve("touched-" + turn + "-" + i)));
    }
    rig.coordinator().stop();
    for (Forced each : all) {
      force(each);
    }
    rig.startCoordinator();
    rig.startAgent();
    for (Forced each : all) {
      List<AssociationExecution> executions = rig.executions(each.association());
      String execution = executions.getFirst().getExecutionId();
      trial.require(
          Field.await(ENDS, () -> AgentCases.over(rig.targets(each.association(), execution))),
          what(each) + " has no end: " + rig.targets(each.association(), execution));
      AssociationExecutionTarget target = rig.targets(each.association(), execution).getFirst();
      // What a document is called is for people: nothing on the host is made from it.
      trial.require(
          each.place() == Place.DOCUMENT || target.getStatus() == RunStatus.RUN_STATUS_FAILED,
          what(each) + " came to " + target);
      trial.require(
          each.place() == Place.DOCUMENT || Files.notExists(each.touched()),
          what(each) + " was run");
      trial.count(Figure.REFUSED, target.getStatus() == RunStatus.RUN_STATUS_FAILED ? 1 : 0);
      trial.count(Figure.FAULTS, 1);
    }
    trial.require(rig.agent().alive(), "the agent ended: " + rig.agent().said());
    trial.require(rig.agent().stop() == 0, "the agent does not stop");
  }

  private static String what(Forced each) {
    return "a forced "
        + each.place()
        + " "
        + AdminCases.Traversal.printable(each.name())
        + " of the store";
  }

  /** Puts it in place of what was checked, with all hashes as they should be. */
  private void force(Forced each) throws IOException {
    String revision = text("SELECT revision_sha256 FROM association WHERE id = ?", each);
    byte[] document = document(each).getBytes(StandardCharsets.UTF_8);
    String documentHash = Sha256.of(document).hex();
    AssignmentBody.Builder body =
        AssignmentBody.parseFrom(
                HexFormat.of()
                    .parseHex(
                        Rows.text(
                            store, "SELECT hex(content) FROM body WHERE sha256 = ?", revision)))
            .toBuilder()
            .setDocumentSha256(ByteString.fromHex(documentHash));
    if (each.place() == Place.DOCUMENT) {
      body.setDocumentName(each.name()).setAssociationName(each.name());
    }
    byte[] assignment = body.build().toByteArray();
    String assignmentHash = Sha256.of(assignment).hex();
    String add = "INSERT INTO body (content, sha256) VALUES (?, ?)";
    Rows.change(store, add, document, documentHash);
    Rows.change(store, add, assignment, assignmentHash);
    for (String update :
        List.of(
            "UPDATE association SET revision_sha256 = '%s' WHERE id = '%s'",
            "UPDATE revision SET sha256 = '%s' WHERE association_id = '%s'",
            "UPDATE execution SET revision_sha256 = '%s' WHERE association_id = '%s'")) {
      Rows.tamper(store, update.formatted(assignmentHash, each.association()));
    }
  }

  private String text(String query, Forced each) {
    return Rows.text(store, query, each.association());
  }

  private static String document(Forced each) {
    String name = AdminCases.Traversal.quoted(each.name());
    return """
    {"schemaVersion": "2.2", "parameters": {%s: {"type": "String", "default": "x"}},
     "mainSteps": [{"action": %s, "name": %s,
     "inputs": {"runCommand": ["touch '%s'"]}}]}
    """
        .formatted(
            each.place() == Place.PARAMETER ? name : "\"fine\"",
            each.place() == Place.PLUGIN ? name : "\"aws:runShellScript\"",
            each.place() == Place.STEP ? name : "\"fine\"",
            each.touched());
  }
}

package dev.holdfast.coordinator.association;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.assignment.Assignment;
import dev.holdfast.assignment.ChildDocument;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.assignment.SetBodies;
import dev.holdfast.coordinator.store.Bodies;
import dev.holdfast.coordinator.store.Documents;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.AssignmentCodec;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationDescription;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.CreateAssociationResponse;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.DeleteAssociationRequest;
import dev.holdfast.wire.v1.DeleteDocumentRequest;
import dev.holdfast.wire.v1.StartAssociationsOnceRequest;
import dev.holdfast.wire.v1.UpdateDocumentDefaultVersionRequest;
import dev.holdfast.wire.v1.UpdateDocumentRequest;
import dev.holdfast.wire.v1.Warning;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Documents that name other documents. */
final class ChildrenTest {
  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Fleet fleet;

  @SuppressWarnings("NullAway.Init") // set before each test
  private InstanceId instance;

  @BeforeEach
  void open() {
    fleet = new Fleet(folder, 100);
    instance = fleet.enrol(1, Map.of("Role", "web"));
  }

  @AfterEach
  void close() {
    fleet.close();
  }

  /** A document whose parameter {@code Next} names what it runs by a token. */
  private static String text(String marker, String... steps) {
    StringBuilder text =
        new StringBuilder("schemaVersion: \"2.2\"\ndescription: " + marker + "\n")
            .append("parameters:\n  Next:\n    type: String\n    default: ''\nmainSteps:\n")
            .append("- {action: 'aws:runShellScript', name: say, inputs: {runCommand: [date]}}\n");
    for (int i = 0; i < steps.length; i++) {
      text.append(steps[i].replace("NAME", "step" + i));
    }
    return text.toString();
  }

  private static String runs(String path) {
    return "- {action: 'aws:runDocument', name: NAME, inputs: {documentType: SSMDocument,"
        + " documentPath: '"
        + path
        + "'}}\n";
  }

  private static String runsWithNext(String path, String next) {
    return runs(path).replace("'}}", "', documentParameters: '{\"Next\": \"" + next + "\"}'}}");
  }

  private static String downloads(String name) {
    return "- {action: 'aws:downloadContent', name: NAME, inputs: {sourceType: SSMDocument,"
        + " sourceInfo: {name: '"
        + name
        + "'}}}\n";
  }

  private void put(String name, String text) {
    fleet.call(
        fleet.documents::createDocument,
        CreateDocumentRequest.newBuilder().setName(name).setContent(text).build());
  }

  private void newVersion(String name, String text) {
    fleet.call(
        fleet.documents::updateDocument,
        UpdateDocumentRequest.newBuilder().setName(name).setContent(text).build());
  }

  private void moveDefault(String name, int version) {
    fleet.call(
        fleet.documents::updateDocumentDefaultVersion,
        UpdateDocumentDefaultVersionRequest.newBuilder()
            .setName(name)
            .setDocumentVersion(version)
            .build());
  }

  private static CreateAssociationRequest request(String document) {
    return CreateAssociationRequest.newBuilder()
        .setAssociation(
            Association.newBuilder()
                .setName(document)
                .setAssociationName("own")
                .setEnabled(true)
                .addTargets(Fleet.tag("Role", "web")))
        .build();
  }

  private AssociationDescription create(String document) {
    return fleet
        .call(fleet.associations::createAssociation, request(document))
        .getAssociationDescription();
  }

  private Assignment assignment(AssociationDescription association) {
    Sha256 revision = fleet.row(association.getAssociationId()).revision().orElseThrow();
    return fleet
        .store
        .read(read -> Bodies.find(read, revision))
        .map(AssignmentCodec::fromBytes)
        .orElseThrow();
  }

  private String children(AssociationDescription association) {
    return assignment(association).children().stream()
        .map(child -> child.reference() + "=" + child.name() + ":" + child.version())
        .collect(Collectors.joining(" "));
  }

  private int changes(AssociationDescription association) {
    return (int)
        fleet.executions(association.getAssociationId()).stream()
            .filter(execution -> execution.getTrigger().startsWith("change:"))
            .count();
  }

  private record Row(String name, String text, String expected) {}

  @TestFactory
  List<DynamicTest> theDocumentsThatADocumentNamesArePartOfItsRevision() {
    put("Leaf", text("leaf one"));
    newVersion("Leaf", text("leaf two"));
    put("Middle", text("middle", runs("Leaf:2")));
    put("ByParameter", text("by parameter", runs("{{ Next }}")));
    List<Row> rows =
        List.of(
            new Row("by name", text("a", runs("Leaf")), "Leaf=Leaf:1"),
            new Row("by version", text("b", runs("Leaf:2")), "Leaf:2=Leaf:2"),
            new Row("the newest", text("c", runs("Leaf:$LATEST")), "Leaf:$LATEST=Leaf:2"),
            new Row("the default", text("d", runs("Leaf:$DEFAULT")), "Leaf:$DEFAULT=Leaf:1"),
            new Row(
                "several, each reference once",
                text("e", runs("Leaf:2"), runs("Leaf"), runs("Leaf:2")),
                "Leaf=Leaf:1 Leaf:2=Leaf:2"),
            new Row("through another", text("f", runs("Middle")), "Leaf:2=Leaf:2 Middle=Middle:1"),
            new Row(
                "by a parameter that the step gives",
                text("g", runsWithNext("ByParameter", "Leaf:2")),
                "ByParameter=ByParameter:1 Leaf:2=Leaf:2"),
            new Row("to be downloaded", text("h", downloads("Leaf:2")), "Leaf:2=Leaf:2"),
            new Row(
                "by what is downloaded, which may be run by its path",
                text("i", downloads("Middle")),
                "Leaf:2=Leaf:2 Middle=Middle:1"),
            new Row(
                "as an ARN",
                text("j", runs("arn:aws:ssm:eu-west-1:123456789012:document/Leaf")),
                "arn:aws:ssm:eu-west-1:123456789012:document/Leaf=Leaf:1"),
            new Row("none", text("k"), ""));
    List<DynamicTest> tests = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      String document = "Top-" + i;
      tests.add(
          DynamicTest.dynamicTest(
              row.name,
              () -> {
                put(document, row.text);
                AssociationDescription association =
                    fleet.create(
                        Association.newBuilder()
                            .setName(document)
                            .setEnabled(true)
                            .addTargets(Fleet.all())
                            .build());
                assertEquals(row.expected, children(association));
                for (ChildDocument child : assignment(association).children()) {
                  byte[] bytes =
                      new SetBodies(fleet.store).find(instance, child.sha256()).orElseThrow();
                  assertEquals(child.sha256(), Sha256.of(bytes), "the instance can fetch it");
                }
              }));
    }
    return tests;
  }

  @Test
  void aParameterOfTheAssociationCanNameTheDocument() {
    put("Leaf", text("leaf"));
    put("Top", text("top", runs("{{ Next }}")));
    CreateAssociationRequest.Builder request = request("Top").toBuilder();
    request
        .getAssociationBuilder()
        .getParametersBuilder()
        .putFields("Next", com.google.protobuf.Value.newBuilder().setStringValue("Leaf").build());

    AssociationDescription association =
        fleet
            .call(fleet.associations::createAssociation, request.build())
            .getAssociationDescription();

    assertEquals("Leaf=Leaf:1", children(association));
  }

  @Test
  void anInstanceCanFetchNoDocumentThatItsAssociationsDoNotName() {
    put("Leaf", text("leaf"));
    put("Other", text("other"));
    put("Top", text("top", runs("Leaf")));
    create("Top");

    assertEquals(
        Optional.empty(),
        new SetBodies(fleet.store)
            .find(instance, Sha256.of(text("other").getBytes(StandardCharsets.UTF_8))));
  }

  @TestFactory
  List<DynamicTest> whatCanNotBeResolvedIsRefusedAndSaysWhere() {
    put("Leaf", text("leaf"));
    put("Three", text("three", runs("Leaf")));
    put("Two", text("two", runs("Three")));
    put("One", text("one", runs("Two")));
    put("Loop", text("loop", runs("Leaf")));
    newVersion("Loop", text("loop", runs("Loop:$LATEST")));
    String[] many = new String[RunLimits.MAX_CHILD_DOCUMENTS + 1];
    for (int i = 0; i < many.length; i++) {
      put("Many-" + i, text("many " + i));
      many[i] = runs("Many-" + i);
    }
    String[] large = new String[RunLimits.MAX_CHILD_DOCUMENTS_BYTES / 60_000 + 1];
    for (int i = 0; i < large.length; i++) {
      put("Large-" + i, text("x".repeat(60_000) + i));
      large[i] = runs("Large-" + i);
    }
    List<Row> rows =
        List.of(
            new Row(
                "a document that is not there",
                text("a", runs("Nobody")),
                "InvalidDocument the step 'step0' of the document 'Top-0' (version 1, line 9) runs"
                    + " the document 'Nobody': there is no such document"),
            new Row(
                "a version that is not there",
                text("b", runs("Leaf:9")),
                "InvalidDocumentVersion the step 'step0' of the document 'Top-1' (version 1, line"
                    + " 9) runs the document 'Leaf:9': the document has no such version"),
            new Row(
                "no name",
                text("c", runs("../Leaf")),
                "InvalidDocument the step 'step0' of the document 'Top-2' (version 1, line 9) runs"
                    + " the document '../Leaf': that is no name of a document"),
            new Row(
                "one that is not there, to be downloaded",
                text("d", downloads("Nobody")),
                "InvalidDocument the step 'step0' of the document 'Top-3' (version 1, line 9)"
                    + " downloads the document 'Nobody': there is no such document"),
            new Row(
                "a circle",
                text("e", runs("Loop:2")),
                "InvalidDocumentContent the step 'step0' of the document 'Loop' (version 2, line 9)"
                    + " runs the document 'Loop:$LATEST': the documents would run each other in a"
                    + " circle"),
            new Row(
                "four deep",
                text("f", runs("One")),
                "InvalidDocumentContent the step 'step0' of the document 'Three' (version 1, line"
                    + " 9) runs the document 'Leaf': documents within each other run at most 3"
                    + " deep, and this would be one more"),
            new Row(
                "too many",
                text("g", many),
                "InvalidDocumentContent the documents name more than 32 other documents; no more"
                    + " are allowed"),
            new Row(
                "too many bytes",
                text("h", large),
                "InvalidDocumentContent the documents that are named have more than 524288 bytes"
                    + " together; no more are allowed"));
    List<DynamicTest> tests = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      String document = "Top-" + i;
      tests.add(
          DynamicTest.dynamicTest(
              row.name,
              () -> {
                put(document, row.text);
                Fleet.Refused refused =
                    fleet.refused(fleet.associations::createAssociation, request(document));
                assertEquals(
                    row.expected,
                    refused.reason() + " " + refused.findings().get("association.name"));
              }));
    }
    return tests;
  }

  @Test
  void threeDeepIsAllowed() {
    put("Leaf", text("leaf"));
    put("Two", text("two", runs("Leaf")));
    put("One", text("one", runs("Two")));
    put("Top", text("top", runs("One")));

    assertEquals("Leaf=Leaf:1 One=One:1 Two=Two:1", children(create("Top")));
  }

  @Test
  void documentsThatNameEachOtherInVeryManyPlacesAreRefusedSoon() {
    String[] fifty = new String[49];
    for (int level = 0; level < 3; level++) {
      put("Level-" + level, text("level " + level, level == 0 ? new String[0] : fifty));
      for (int i = 0; i < fifty.length; i++) {
        // each with other values, so that none is looked into for all
        fifty[i] = runsWithNext("Level-" + level, "x" + i);
      }
    }
    put("Top", text("top", fifty));

    Fleet.Refused refused = fleet.refused(fleet.associations::createAssociation, request("Top"));

    String findings = String.valueOf(refused.findings().get("association.name"));
    assertTrue(
        findings.contains("more than 200 steps of the documents name other documents"), findings);
  }

  @Test
  void aReferenceThatOnlyARunKnowsIsAWarning() {
    put("Top", text("top", runs("{{global:which}}")));

    CreateAssociationResponse response =
        fleet.call(fleet.associations::createAssociation, request("Top"));

    assertEquals("", children(response.getAssociationDescription()));
    assertEquals(
        List.of(
            "ChildDocumentUnknown the step 'step0' of the document 'Top' (version 1, line 9) runs"
                + " the document '{{global:which}}': that has no value before the run, which will"
                + " fail there"),
        response.getWarningsList().stream().map(ChildrenTest::shown).toList());
  }

  private static String shown(Warning warning) {
    return warning.getCode() + " " + warning.getMessage();
  }

  @Test
  void whatADownloadedDocumentNamesIsNoReasonToRefuse() {
    put("Elsewhere", text("elsewhere", runs("Nobody")));
    put("Top", text("top", downloads("Elsewhere")));

    CreateAssociationResponse response =
        fleet.call(fleet.associations::createAssociation, request("Top"));

    assertEquals("Elsewhere=Elsewhere:1", children(response.getAssociationDescription()));
    assertTrue(shown(response.getWarnings(0)).contains("there is no such document"));
  }

  @Test
  void aVersionOfAChildThatIsFollowedMovesTheRevisionAndRuns() {
    put("Leaf", text("leaf one"));
    put("Middle", text("middle", runs("Leaf:$LATEST")));
    put("Top", text("top", runs("Middle")));
    AssociationDescription association = create("Top");
    assertEquals(1, changes(association));

    newVersion("Leaf", text("leaf two"));

    assertEquals("Leaf:$LATEST=Leaf:2 Middle=Middle:1", children(association));
    assertEquals(2, changes(association));
  }

  @Test
  void aChildsDefaultThatMovesRunsAndANewVersionAloneDoesNot() {
    put("Leaf", text("leaf one"));
    put("Top", text("top", runs("Leaf")));
    AssociationDescription association = create("Top");

    newVersion("Leaf", text("leaf two"));
    assertEquals(1, changes(association), "the default is followed, and is where it was");
    moveDefault("Leaf", 2);

    assertEquals("Leaf=Leaf:2", children(association));
    assertEquals(2, changes(association));
  }

  @Test
  void aPinnedChildStaysAsItIs() {
    put("Leaf", text("leaf one"));
    put("Top", text("top", runs("Leaf:1")));
    AssociationDescription association = create("Top");

    newVersion("Leaf", text("leaf two"));
    moveDefault("Leaf", 2);

    assertEquals("Leaf:1=Leaf:1", children(association));
    assertEquals(1, changes(association));
  }

  @Test
  void aStoredParameterThatNamesTheChildMovesTheRevision() {
    put("Leaf", text("leaf"));
    put("Stem", text("stem"));
    put("Top", text("top", runs("{{ Next }}")));
    fleet.putParameter("which", "Leaf");
    CreateAssociationRequest.Builder request = request("Top").toBuilder();
    request
        .getAssociationBuilder()
        .getParametersBuilder()
        .putFields(
            "Next", com.google.protobuf.Value.newBuilder().setStringValue("{{ssm:which}}").build());
    AssociationDescription association =
        fleet
            .call(fleet.associations::createAssociation, request.build())
            .getAssociationDescription();
    assertEquals("Leaf=Leaf:1", children(association));

    fleet.putParameter("which", "Stem");

    assertEquals("Stem=Stem:1", children(association));
    assertEquals(2, changes(association));
  }

  @Test
  void aDocumentThatIsUsedAsAChildIsDeletedOnlyByForceAndComesBack() {
    put("Leaf", text("leaf"));
    put("Top", text("top", runs("Leaf")));
    AssociationDescription association = create("Top");
    DeleteDocumentRequest.Builder delete = DeleteDocumentRequest.newBuilder().setName("Leaf");

    Fleet.Refused refused = fleet.refused(fleet.documents::deleteDocument, delete.build());
    assertEquals("AssociatedInstances", refused.reason());
    assertTrue(refused.message().contains("used by own"), refused.message());

    fleet.call(fleet.documents::deleteDocument, delete.setForce(true).build());
    assertEquals(Optional.empty(), fleet.row(association.getAssociationId()).revision());
    assertEquals(2, changes(association), "one that says so");
    Fleet.Refused start =
        fleet.refused(
            fleet.associations::startAssociationsOnce,
            StartAssociationsOnceRequest.newBuilder().addAssociationIds("own").build());
    assertEquals("InvalidDocument", start.reason());
    assertTrue(start.message().contains("'Leaf': there is no such document"), start.message());

    put("Leaf", text("leaf again"));
    assertEquals("Leaf=Leaf:1", children(association));
    assertEquals(3, changes(association));
  }

  @Test
  void aVersionIsDeletedUnlessItIsExecuted() {
    put("Leaf", text("leaf one"));
    for (int version = 2; version <= 4; version++) {
      newVersion("Leaf", text("leaf " + version));
    }
    put("Top", text("top", runs("Leaf:2")));
    AssociationDescription association = create("Top");
    DeleteDocumentRequest.Builder delete = DeleteDocumentRequest.newBuilder().setName("Leaf");

    assertEquals(
        "AssociatedInstances",
        fleet
            .refused(fleet.documents::deleteDocument, delete.setDocumentVersion("2").build())
            .reason());
    fleet.call(fleet.documents::deleteDocument, delete.setDocumentVersion("3").build());
    assertEquals("Leaf:2=Leaf:2", children(association));

    fleet.call(
        fleet.documents::deleteDocument, delete.setDocumentVersion("2").setForce(true).build());
    assertEquals(Optional.empty(), fleet.row(association.getAssociationId()).revision());
  }

  @Test
  void anUpdateThatWouldLeaveAnAssociationWithoutARevisionIsRefused() {
    put("Leaf", text("leaf"));
    put("Top", text("top", runs("Leaf")));
    AssociationDescription association = create("Top");
    newVersion("Top", text("top two", runs("Nobody")));
    assertEquals("Leaf=Leaf:1", children(association), "it follows the default");

    Fleet.Refused refused =
        fleet.refused(
            fleet.documents::updateDocumentDefaultVersion,
            UpdateDocumentDefaultVersionRequest.newBuilder()
                .setName("Top")
                .setDocumentVersion(2)
                .build());

    assertEquals("InvalidDocumentOperation", refused.reason());
    assertTrue(
        refused.message().startsWith("the association own could not run any more: the step"),
        refused.message());
    assertEquals("Leaf=Leaf:1", children(association), "nothing was stored");
    assertEquals(1, changes(association));
  }

  @Test
  void aDeletedAssociationKeepsNoDocument() {
    put("Leaf", text("leaf"));
    put("Top", text("top", runs("Leaf")));
    create("Top");
    fleet.call(
        fleet.associations::deleteAssociation,
        DeleteAssociationRequest.newBuilder().setAssociationId("own").build());

    fleet.call(
        fleet.documents::deleteDocument,
        DeleteDocumentRequest.newBuilder().setName("Leaf").build());
    fleet.call(
        fleet.documents::deleteDocument, DeleteDocumentRequest.newBuilder().setName("Top").build());
    assertEquals(List.of(), fleet.store.read(read -> Documents.list(read, "", 10)));
  }
}

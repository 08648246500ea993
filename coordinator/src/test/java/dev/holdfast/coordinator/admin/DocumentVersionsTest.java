package dev.holdfast.coordinator.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.coordinator.store.Documents;
import dev.holdfast.wire.v1.DeleteDocumentRequest;
import dev.holdfast.wire.v1.DocumentDescription;
import dev.holdfast.wire.v1.DocumentType;
import dev.holdfast.wire.v1.DocumentVersion;
import dev.holdfast.wire.v1.GetDocumentRequest;
import dev.holdfast.wire.v1.ListDocumentVersionsRequest;
import dev.holdfast.wire.v1.UpdateDocumentDefaultVersionRequest;
import dev.holdfast.wire.v1.UpdateDocumentRequest;
import dev.holdfast.wire.v1.Warning;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Versions of documents, and taking them away (spec.md section 1.7). */
final class DocumentVersionsTest extends DocumentRig {
  @Test
  void anUpdateAppendsAVersionAndTheDefaultStays() {
    create("Doc");

    assertEquals("2 of 2, default 1", brief(update("Doc", b -> b.setAcknowledgeTargets(7))));
    assertEquals(List.of("Doc", "Doc acknowledged 7"), users.told);
  }

  @TestFactory
  List<DynamicTest> onlyTheNewestVersionCanBeTheBase() {
    create("Doc");
    update("Doc", b -> b);
    Map<String, Boolean> allowed =
        Map.of(
            "",
            true,
            "$LATEST",
            true,
            "2",
            true,
            "1",
            false,
            "$DEFAULT",
            false,
            "3",
            false,
            "02",
            false,
            "newest",
            false);
    return allowed.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(
            row ->
                DynamicTest.dynamicTest(
                    "'" + row.getKey() + "'",
                    () -> {
                      // with the content of the newest: the base is looked at first
                      String refusal = refusedUpdate(b -> b.setDocumentVersion(row.getKey()));
                      assertTrue(
                          refusal.startsWith(
                              row.getValue()
                                  ? "DuplicateDocumentContent"
                                  : "InvalidDocumentVersion"),
                          refusal);
                    }))
        .toList();
  }

  @Test
  void theDefaultCanBeTheBaseWhereItIsTheNewest() {
    create("Doc");

    assertEquals(2, update("Doc", b -> b.setDocumentVersion("$DEFAULT")).getDocumentVersion());
  }

  @Test
  void theContentOfTheNewestVersionIsRefusedAndThatOfAnOlderIsNot() {
    create("Doc");

    assertEquals(
        "DuplicateDocumentContent: the content is that of the newest version, 1",
        refusedUpdate(b -> b.setContent(text("one"))));
    update("Doc", b -> b);
    assertEquals(3, update("Doc", b -> b.setContent(text("one"))).getDocumentVersion());
  }

  @Test
  void aNameOfAVersionIsUniqueInItsDocument() {
    call(service::createDocument, document("Doc").setVersionName("first").build());
    call(service::createDocument, document("Other").setVersionName("first").build());

    assertEquals(
        "DuplicateDocumentVersionName: another version is called 'first'",
        refusedUpdate(b -> b.setVersionName("first")));
    assertEquals("second", update("Doc", b -> b.setVersionName("second")).getVersionName());
  }

  @Test
  void anUpdateIsHeldToTheFormOfNamesToo() {
    create("Doc");

    assertTrue(refusedUpdate(b -> b.setVersionName("a b")).startsWith("InvalidParameters: "));
    assertTrue(refusedUpdate(b -> b.setDisplayName("\n")).startsWith("InvalidParameters: "));
  }

  @Test
  void aDisplayNameIsCarriedForwardUntilThereIsAnother() {
    call(service::createDocument, document("Doc").setDisplayName("Mine").build());

    assertEquals("Mine", update("Doc", b -> b).getDisplayName());
    assertEquals(
        "Yours",
        update("Doc", b -> b.setContent(text("three")).setDisplayName("Yours")).getDisplayName());
  }

  @Test
  void aPolicyStaysOneOfANewSchema() {
    assertEquals(
        DocumentType.DOCUMENT_TYPE_POLICY,
        call(
                service::createDocument,
                document("Doc").setDocumentType(DocumentType.DOCUMENT_TYPE_POLICY).build())
            .getDocumentDescription()
            .getDocumentType());

    assertTrue(
        refusedUpdate(
                b ->
                    b.setContent(
                        "{\"schemaVersion\":\"1.2\",\"runtimeConfig\":{\"aws:runShellScript\":"
                            + "{\"properties\":[{\"id\":\"0\",\"runCommand\":[\"date\"]}]}}}"))
            .startsWith("InvalidDocumentSchemaVersion"));
  }

  @Test
  void theDefaultMovesOnlyWhenToldAndBackwardsToo() {
    create("Doc");
    update("Doc", b -> b);

    assertEquals("2 of 2, default 2", brief(moveDefault(2)));
    assertEquals("1 of 2, default 1", brief(moveDefault(1)));
    int told = users.told.size();
    assertEquals("1 of 2, default 1", brief(moveDefault(1)));
    assertEquals(told, users.told.size(), "nothing changed, and nobody is told");
    for (int none : List.of(0, 3, -1)) {
      assertTrue(
          refusal(
                  service::updateDocumentDefaultVersion,
                  UpdateDocumentDefaultVersionRequest.newBuilder()
                      .setName("Doc")
                      .setDocumentVersion(none)
                      .build())
              .startsWith("InvalidDocumentVersion"));
    }
  }

  private DocumentDescription moveDefault(int version) {
    return call(
            service::updateDocumentDefaultVersion,
            UpdateDocumentDefaultVersionRequest.newBuilder()
                .setName("Doc")
                .setDocumentVersion(version)
                .build())
        .getDocumentDescription();
  }

  private record Selected(String version, String versionName, String expected) {}

  @TestFactory
  List<DynamicTest> aVersionIsSelectedBy() {
    call(service::createDocument, document("Doc").setVersionName("first").build());
    update("Doc", b -> b.setVersionName("second"));
    return List.of(
            new Selected("", "", "1"),
            new Selected("$DEFAULT", "", "1"),
            new Selected("$LATEST", "", "2"),
            new Selected("1", "", "1"),
            new Selected("2", "", "2"),
            new Selected("", "second", "2"),
            new Selected("2", "second", "2"),
            new Selected("$LATEST", "second", "2"),
            new Selected("1", "second", "InvalidDocumentVersion"),
            new Selected("3", "", "InvalidDocumentVersion"),
            new Selected("0", "", "InvalidDocumentVersion"),
            new Selected("01", "", "InvalidDocumentVersion"),
            new Selected("$ALL", "", "InvalidDocumentVersion"),
            new Selected("", "third", "InvalidDocumentVersion"))
        .stream()
        .map(
            row ->
                DynamicTest.dynamicTest(
                    "'" + row.version + "' and '" + row.versionName + "'",
                    () -> {
                      GetDocumentRequest get =
                          GetDocumentRequest.newBuilder()
                              .setName("Doc")
                              .setDocumentVersion(row.version)
                              .setVersionName(row.versionName)
                              .build();
                      if (row.expected.startsWith("Invalid")) {
                        assertTrue(
                            refusal(service::getDocument, get).startsWith(row.expected + ":"));
                      } else {
                        assertEquals(
                            row.expected,
                            Integer.toString(call(service::getDocument, get).getDocumentVersion()));
                      }
                    }))
        .toList();
  }

  @Test
  void versionsAreListedNewestFirst() {
    call(
        service::createDocument,
        document("Doc").setVersionName("first").setDisplayName("One").build());
    update("Doc", b -> b.setDisplayName("Two"));

    List<DocumentVersion> versions =
        call(
                service::listDocumentVersions,
                ListDocumentVersionsRequest.newBuilder().setName("Doc").build())
            .getDocumentVersionsList();

    assertEquals(
        List.of("2  Two false", "1 first One true"),
        versions.stream()
            .map(
                one ->
                    one.getDocumentVersion()
                        + " "
                        + one.getVersionName()
                        + " "
                        + one.getDisplayName()
                        + " "
                        + one.getIsDefaultVersion())
            .toList());
  }

  @TestFactory
  List<DynamicTest> deletingKeepsWhatIsNeeded() {
    record Row(String name, String version, List<String> all, List<String> own, String expected) {}
    List<String> some = List.of("web", "db");
    List<String> none = List.of();
    List<String> many = java.util.stream.IntStream.range(0, 12).mapToObj(i -> "a" + i).toList();
    return List.of(
            new Row("all of it", "", none, none, ""),
            new Row(
                "all of it, in use",
                "",
                some,
                none,
                "AssociatedInstances: the document is used by web, db, as its own"),
            new Row(
                "all of it, in use by many",
                "",
                many,
                none,
                "AssociatedInstances: the document is used by a0, a1, a2, a3, a4, a5, a6, a7, a8,"
                    + " a9 and 2 more"),
            new Row("a version", "2", some, none, ""),
            new Row(
                "a version in use",
                "2",
                some,
                some,
                "AssociatedInstances: version 2 is used by web, db"),
            new Row("the default", "1", none, none, "InvalidDocumentOperation: version 1 is"),
            new Row(
                "the default by its selector",
                "$DEFAULT",
                none,
                none,
                "InvalidDocumentOperation: version 1 is"),
            new Row("the newest", "3", none, none, "InvalidDocumentOperation: version 3 is"),
            new Row("none that is there", "4", none, none, "InvalidDocumentVersion: "))
        .stream()
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row.name,
                    () -> {
                      String name = "Doc-" + row.name.replaceAll("[^a-z]", "-");
                      create(name);
                      update(name, b -> b);
                      update(name, b -> b.setContent(text("three")));
                      users.all = row.all;
                      users.ofVersion = row.own;
                      DeleteDocumentRequest.Builder delete =
                          DeleteDocumentRequest.newBuilder()
                              .setName(name)
                              .setDocumentVersion(row.version);
                      if (row.expected.isEmpty()) {
                        assertEquals(
                            0, call(service::deleteDocument, delete.build()).getWarningsCount());
                      } else {
                        String refusal = refusal(service::deleteDocument, delete.build());
                        assertTrue(refusal.startsWith(row.expected), refusal);
                      }
                      int left =
                          estate.store.read(read -> Documents.versions(read, name, 99, 99)).size();
                      assertEquals(
                          row.expected.isEmpty() ? (row.version.isEmpty() ? 0 : 2) : 3, left);
                      if (row.expected.startsWith("Associated")) {
                        Warning warning =
                            call(service::deleteDocument, delete.setForce(true).build())
                                .getWarnings(0);
                        assertEquals("AssociationsFail", warning.getCode());
                        assertTrue(
                            warning.getMessage().endsWith(row.all.equals(many) ? "2 more" : "db"));
                      }
                    }))
        .toList();
  }

  @Test
  void whatCameWithTheCoordinatorStaysAsItIs() {
    estate.store.write(
        write -> {
          Documents.add(write, "AWS-Own", "COMMAND", "Holdfast", Map.of());
          return Documents.addVersion(
              write, "AWS-Own", "", "", "YAML", "2.2", text("x").getBytes(StandardCharsets.UTF_8));
        });

    assertTrue(
        refusal(
                service::updateDocument,
                UpdateDocumentRequest.newBuilder().setName("AWS-Own").setContent(text("y")).build())
            .startsWith("InvalidDocumentOperation"));
    assertTrue(
        refusal(
                service::deleteDocument,
                DeleteDocumentRequest.newBuilder().setName("AWS-Own").setForce(true).build())
            .startsWith("InvalidDocumentOperation"));
    assertTrue(
        refusal(
                service::updateDocumentDefaultVersion,
                UpdateDocumentDefaultVersionRequest.newBuilder()
                    .setName("AWS-Own")
                    .setDocumentVersion(1)
                    .build())
            .startsWith("InvalidDocumentOperation"));
  }

  @Test
  void thereAreOnlySoManyDocumentsAndVersions() {
    create("Doc");
    estate.store.write(
        write -> {
          for (int i = 1; i < GrpcDocuments.MAX_DOCUMENTS - 1; i++) {
            Documents.add(write, "Filler-" + i, "COMMAND", "Self", Map.of());
          }
          for (int i = 2; i < DocumentChecks.MAX_VERSIONS; i++) {
            Documents.addVersion(write, "Doc", "", "", "YAML", "2.2", new byte[] {1});
          }
          return true;
        });

    create("Last");
    assertEquals(
        "DocumentLimitExceeded: there are 10000 documents; no more are allowed",
        refusal(service::createDocument, document("OneMore").build()));
    assertEquals(1_000, update("Doc", b -> b).getDocumentVersion());
    assertEquals(
        "DocumentVersionLimitExceeded: the document has 1000 versions; no more are allowed",
        refusedUpdate(b -> b.setContent(text("one more"))));
  }
}

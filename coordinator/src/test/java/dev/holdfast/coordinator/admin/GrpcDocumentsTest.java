package dev.holdfast.coordinator.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.coordinator.store.Documents;
import dev.holdfast.coordinator.testing.Estate;
import dev.holdfast.document.DocumentLimits;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.CreateDocumentResponse;
import dev.holdfast.wire.v1.DescribeDocumentRequest;
import dev.holdfast.wire.v1.DocumentDescription;
import dev.holdfast.wire.v1.DocumentFormat;
import dev.holdfast.wire.v1.DocumentParameter;
import dev.holdfast.wire.v1.DocumentType;
import dev.holdfast.wire.v1.Filter;
import dev.holdfast.wire.v1.FilterOperator;
import dev.holdfast.wire.v1.GetDocumentRequest;
import dev.holdfast.wire.v1.GetDocumentResponse;
import dev.holdfast.wire.v1.ListDocumentsRequest;
import dev.holdfast.wire.v1.UpdateDocumentRequest;
import dev.holdfast.wire.v1.Warning;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The rules of spec.md section 1.7, as callers meet them. */
final class GrpcDocumentsTest extends DocumentRig {
  private record Refused(
      String name, UnaryOperator<CreateDocumentRequest.Builder> request, String expected) {}

  @TestFactory
  List<DynamicTest> aNewDocumentIsRefusedIf() {
    return List.of(
            new Refused(
                "its name is short",
                b -> b.setName("ab"),
                "InvalidParameters: name: 'ab'; allowed are"),
            new Refused(
                "its name is long", b -> b.setName("a".repeat(129)), "InvalidParameters: name: 'a"),
            new Refused(
                "its name is a path",
                b -> b.setName("a/../b"),
                "InvalidParameters: name: 'a/../b'"),
            new Refused(
                "its name begins as Amazon's do",
                b -> b.setName("AWSSupport-Mine"),
                "InvalidParameters: name: begins with a prefix"),
            new Refused(
                "its name begins as Amazon's do, in any case",
                b -> b.setName("aMaZoN-Mine"),
                "InvalidParameters: name: begins with a prefix"),
            new Refused(
                "its version has no proper name",
                b -> b.setVersionName("one/two"),
                "InvalidParameters: version_name: allowed are"),
            new Refused(
                "its version has a long name",
                b -> b.setVersionName("v".repeat(129)),
                "InvalidParameters: version_name: allowed are"),
            new Refused(
                "its display name has what displays don't show",
                b -> b.setDisplayName("a <b>"),
                "InvalidParameters: display_name: allowed are"),
            new Refused(
                "its display name is long",
                b -> b.setDisplayName("d".repeat(1025)),
                "InvalidParameters: display_name: allowed are"),
            new Refused(
                "a tag has an empty key",
                b -> b.putTags("", "x"),
                "InvalidParameters: tags: the tag key"),
            new Refused(
                "it is said to be a calendar",
                b -> b.setDocumentType(DocumentType.DOCUMENT_TYPE_CHANGE_CALENDAR),
                "InvalidDocumentContent: 1:1 a line outside of BEGIN and END"),
            new Refused(
                "its format is plain text",
                b -> b.setDocumentFormat(DocumentFormat.DOCUMENT_FORMAT_TEXT),
                "InvalidDocumentContent: a Command document is JSON or YAML"),
            new Refused(
                "it is no JSON and said to be",
                b -> b.setDocumentFormat(DocumentFormat.DOCUMENT_FORMAT_JSON).setContent("{]"),
                "InvalidDocumentContent: "),
            new Refused("it is empty", b -> b.setContent(""), "InvalidDocumentContent: "),
            new Refused(
                "it is large",
                b -> b.setContent(text("x".repeat(DocumentLimits.MAX_BYTES))),
                "MaxDocumentSizeExceeded: "),
            new Refused(
                "it is wrong",
                b -> b.setContent("schemaVersion: '2.2'\nmainSteps: 5\n"),
                "InvalidDocumentContent: 2:"),
            new Refused(
                "it is a policy of an old schema",
                b ->
                    b.setDocumentType(DocumentType.DOCUMENT_TYPE_POLICY)
                        .setContent(
                            "{\"schemaVersion\":\"1.2\",\"runtimeConfig\":{\"aws:runShellScript\":"
                                + "{\"properties\":[{\"id\":\"0\",\"runCommand\":[\"date\"]}]}}}"),
                "InvalidDocumentSchemaVersion: a document of the type POLICY"),
            new Refused(
                "there is one of that name",
                b -> b.setName("There"),
                "DocumentAlreadyExists: there is a document 'There' already"))
        .stream()
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row.name,
                    () -> {
                      if (estate.store.read(read -> Documents.find(read, "There")).isEmpty()) {
                        create("There");
                      }
                      String refusal =
                          refusal(
                              service::createDocument, row.request.apply(document("Doc")).build());
                      assertTrue(refusal.startsWith(row.expected), refusal);
                      assertEquals(
                          1, estate.store.read(Documents::count), "nothing of it is stored");
                    }))
        .toList();
  }

  @Test
  void allThatIsWrongIsToldAtOnce() {
    String refusal =
        refusal(
            service::createDocument, document("a").setVersionName("/").setDisplayName("<").build());

    assertTrue(refusal.endsWith("(and 2 more)"), refusal);
  }

  @Test
  void aDescriptionSaysWhatTheDocumentIs() {
    String content =
        """
        schemaVersion: "2.2"
        description: what it does
        parameters:
          Words:
            type: StringList
            description: what to say
            default: [a, b]
          Name:
            type: String
            allowedValues: [x, y]
        mainSteps:
        - action: aws:runShellScript
          name: say
          inputs: {runCommand: "{{ Words }}"}
        - action: aws:softwareInventory
          name: look
        """;

    DocumentDescription described =
        call(
                service::createDocument,
                document("Doc")
                    .setContent(content)
                    .setVersionName("first")
                    .setDisplayName("My / doc: 1.0")
                    .putTags("Team", "web")
                    .build())
            .getDocumentDescription();

    assertEquals(
        described,
        call(service::describeDocument, DescribeDocumentRequest.newBuilder().setName("Doc").build())
            .getDocument());
    assertEquals("1 of 1, default 1", brief(described));
    assertEquals("2.2", described.getSchemaVersion());
    assertEquals("what it does", described.getDescription());
    assertEquals(Sha256.of(content.getBytes(StandardCharsets.UTF_8)).hex(), described.getHash());
    assertEquals("Sha256", described.getHashType());
    assertEquals("Active", described.getStatus());
    assertEquals("Self", described.getOwner());
    assertEquals(List.of("Linux", "MacOS", "Windows"), described.getPlatformTypesList());
    assertEquals(DocumentFormat.DOCUMENT_FORMAT_YAML, described.getDocumentFormat());
    assertEquals(DocumentType.DOCUMENT_TYPE_COMMAND, described.getDocumentType());
    assertEquals("first", described.getVersionName());
    assertEquals("My / doc: 1.0", described.getDisplayName());
    assertEquals(Map.of("Team", "web"), described.getTagsMap());
    assertEquals(Estate.START.getEpochSecond(), described.getCreatedDate().getSeconds());
    assertEquals(
        List.of("Words StringList 'what to say' [\"a\",\"b\"]", "Name String '' "),
        described.getParametersList().stream().map(GrpcDocumentsTest::shown).toList());
  }

  private static String shown(DocumentParameter one) {
    return one.getName()
        + " "
        + one.getType()
        + " '"
        + one.getDescription()
        + "' "
        + one.getDefaultValue();
  }

  @TestFactory
  List<DynamicTest> platformsAreThoseOfThePlugins() {
    return Map.of(
            "aws:runShellScript", "Linux MacOS",
            "aws:runPowerShellScript", "Linux MacOS Windows",
            "aws:downloadContent", "Linux Windows",
            "aws:applications", "Windows")
        .entrySet()
        .stream()
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row.getKey(),
                    () -> {
                      String inputs =
                          "{runCommand: [x], sourceType: HTTP, sourceInfo: {url: 'https://x.org'},"
                              + " action: Install, source: 'https://x.org/a.msi'}";
                      DocumentDescription described =
                          call(
                                  service::createDocument,
                                  document(row.getKey().replace(':', '-').replace("aws", "Doc"))
                                      .setContent(
                                          "schemaVersion: '2.2'\nmainSteps:\n- {action: '"
                                              + row.getKey()
                                              + "', name: a, inputs: "
                                              + inputs
                                              + "}\n")
                                      .build())
                              .getDocumentDescription();
                      assertEquals(
                          row.getValue(), String.join(" ", described.getPlatformTypesList()));
                    }))
        .toList();
  }

  @Test
  void warningsOfTheReaderAreInTheAnswer() {
    CreateDocumentResponse created =
        call(
            service::createDocument,
            document("Doc").setContent(text("one") + "colour: red\n").build());

    Warning warning = created.getWarnings(0);
    assertEquals("DocumentWarning", warning.getCode());
    assertEquals("content", warning.getField());
    assertTrue(warning.getMessage().contains("'colour'"), warning.getMessage());
    assertTrue(warning.getMessage().startsWith("9:1"), warning.getMessage());
    assertTrue(
        call(
                service::updateDocument,
                UpdateDocumentRequest.newBuilder()
                    .setName("Doc")
                    .setContent(text("two") + "colour: red\n")
                    .build())
            .getWarnings(0)
            .getMessage()
            .contains("'colour'"));
  }

  @Test
  void aDocumentComesAsItWasStoredOrInTheOtherFormat() {
    create("Doc");
    GetDocumentRequest.Builder get = GetDocumentRequest.newBuilder().setName("Doc");

    GetDocumentResponse stored = call(service::getDocument, get.build());
    assertEquals(text("one"), stored.getContent());
    assertEquals(DocumentFormat.DOCUMENT_FORMAT_YAML, stored.getDocumentFormat());

    GetDocumentResponse json =
        call(
            service::getDocument,
            get.setDocumentFormat(DocumentFormat.DOCUMENT_FORMAT_JSON).build());
    assertTrue(json.getContent().startsWith("{\n  \"schemaVersion\": \"2.2\""), json.getContent());
    assertEquals(DocumentFormat.DOCUMENT_FORMAT_JSON, json.getDocumentFormat());
    assertTrue(
        refusal(
                service::getDocument,
                get.setDocumentFormat(DocumentFormat.DOCUMENT_FORMAT_TEXT).build())
            .startsWith("InvalidDocumentContent"));
    assertTrue(
        refusal(service::getDocument, GetDocumentRequest.newBuilder().setName("None").build())
            .startsWith("InvalidDocument:"));
  }

  private record Filtered(String key, String value, FilterOperator operator, String expected) {}

  @TestFactory
  List<DynamicTest> documentsAreListedBy() {
    call(service::createDocument, document("Alpha").putTags("Team", "web").build());
    call(
        service::createDocument,
        document("Beta")
            .setDocumentType(DocumentType.DOCUMENT_TYPE_POLICY)
            .setContent(
                "schemaVersion: '2.2'\nmainSteps:\n- {action: 'aws:softwareInventory', name: a}\n")
            .build());
    estate.store.write(
        write -> {
          Documents.add(write, "AWS-Own", "COMMAND", "Holdfast", Map.of());
          return Documents.addVersion(
              write,
              "AWS-Own",
              "",
              "",
              "YAML",
              "2.2",
              text("own").getBytes(StandardCharsets.UTF_8));
        });
    FilterOperator equal = FilterOperator.FILTER_OPERATOR_EQUAL;
    FilterOperator not = FilterOperator.FILTER_OPERATOR_NOT_EQUAL;
    return List.of(
            new Filtered("Name", "Beta", equal, "Beta"),
            new Filtered("Name", "Al", FilterOperator.FILTER_OPERATOR_BEGIN_WITH, "Alpha"),
            new Filtered("Owner", "Self", equal, "Alpha Beta"),
            new Filtered("Owner", "Amazon", equal, "AWS-Own"),
            new Filtered("Owner", "Holdfast", equal, "AWS-Own"),
            new Filtered("Owner", "All", equal, "AWS-Own Alpha Beta"),
            new Filtered("Owner", "Self", not, "AWS-Own"),
            new Filtered("DocumentType", "Policy", equal, "Beta"),
            new Filtered("DocumentType", "COMMAND", equal, "AWS-Own Alpha"),
            new Filtered("PlatformTypes", "Windows", equal, "Beta"),
            new Filtered("PlatformTypes", "Linux", equal, "AWS-Own Alpha Beta"),
            new Filtered("tag:Team", "web", equal, "Alpha"),
            new Filtered("tag:Team", "", FilterOperator.FILTER_OPERATOR_EXISTS, "Alpha"))
        .stream()
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row.key + " " + row.operator + " " + row.value,
                    () -> {
                      Filter.Builder filter =
                          Filter.newBuilder().setKey(row.key).setOperator(row.operator);
                      if (!row.value.isEmpty()) {
                        filter.addValues(row.value);
                      }
                      assertEquals(
                          row.expected,
                          call(
                                  service::listDocuments,
                                  ListDocumentsRequest.newBuilder().addFilters(filter).build())
                              .getDocumentIdentifiersList()
                              .stream()
                              .map(DocumentDescription::getName)
                              .collect(Collectors.joining(" ")));
                    }))
        .toList();
  }

  @Test
  void anUnknownFilterIsRefused() {
    assertTrue(
        refusal(
                service::listDocuments,
                ListDocumentsRequest.newBuilder()
                    .addFilters(Filter.newBuilder().setKey("Colour").addValues("red"))
                    .build())
            .startsWith("InvalidFilterKey"));
  }

  @Test
  void theSameClientTokenGivesTheSameAnswerAndNoSecondDocument() {
    CreateDocumentRequest request = document("Doc").setClientToken("token-1").build();

    assertEquals(call(service::createDocument, request), call(service::createDocument, request));
    assertEquals(1, estate.store.read(Documents::count));
  }
}

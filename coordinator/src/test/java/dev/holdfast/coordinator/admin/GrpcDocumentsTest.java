package dev.holdfast.coordinator.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Documents;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.coordinator.testing.Estate;
import dev.holdfast.coordinator.trust.Caller;
import dev.holdfast.coordinator.trust.Role;
import dev.holdfast.document.DocumentLimits;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.CreateDocumentResponse;
import dev.holdfast.wire.v1.DeleteDocumentRequest;
import dev.holdfast.wire.v1.DescribeDocumentRequest;
import dev.holdfast.wire.v1.DocumentDescription;
import dev.holdfast.wire.v1.DocumentFormat;
import dev.holdfast.wire.v1.DocumentParameter;
import dev.holdfast.wire.v1.DocumentType;
import dev.holdfast.wire.v1.DocumentVersion;
import dev.holdfast.wire.v1.Filter;
import dev.holdfast.wire.v1.FilterOperator;
import dev.holdfast.wire.v1.GetDocumentRequest;
import dev.holdfast.wire.v1.GetDocumentResponse;
import dev.holdfast.wire.v1.ListDocumentVersionsRequest;
import dev.holdfast.wire.v1.ListDocumentsRequest;
import dev.holdfast.wire.v1.UpdateDocumentDefaultVersionRequest;
import dev.holdfast.wire.v1.UpdateDocumentRequest;
import dev.holdfast.wire.v1.Warning;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The rules of spec.md section 1.7, as callers meet them. */
final class GrpcDocumentsTest {
  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Estate estate;

  @SuppressWarnings("NullAway.Init") // set before each test
  private GrpcDocuments service;

  private final Users users = new Users();
  private long ids;

  @BeforeEach
  void open() {
    estate = new Estate(folder);
    service = new GrpcDocuments(new Calls(estate.store, () -> new UUID(0, ++ids)), users);
  }

  @AfterEach
  void close() {
    estate.close();
  }

  /** Who uses documents, as the test says; and what they were told. */
  private static final class Users implements Consequences {
    private List<String> all = List.of();
    private List<String> ofVersion = List.of();
    private final List<String> told = new ArrayList<>();

    @Override
    public void instanceChanged(Write write, InstanceId instance) {
      told.add("instance " + instance);
    }

    @Override
    public void documentChanged(Write write, String document, int acknowledged) {
      told.add(document + " acknowledged " + acknowledged);
    }

    @Override
    public void documentChanged(Write write, String document) {
      told.add(document);
    }

    @Override
    public void parameterChanged(Write write, String parameter, int acknowledged) {
      told.add("parameter " + parameter);
    }

    @Override
    public List<String> associationsUsing(Read read, String document) {
      return all;
    }

    @Override
    public List<String> associationsUsing(Read read, String document, int version) {
      return ofVersion;
    }
  }

  private static String text(String marker) {
    return "schemaVersion: \"2.2\"\ndescription: "
        + marker
        + "\nmainSteps:\n- action: aws:runShellScript\n  name: say\n  inputs:\n    runCommand:\n"
        + "    - echo hello\n";
  }

  private static CreateDocumentRequest.Builder document(String name) {
    return CreateDocumentRequest.newBuilder().setName(name).setContent(text("one"));
  }

  private <Q, P> P call(BiConsumer<Q, StreamObserver<P>> method, Q request) {
    List<P> answers = new ArrayList<>();
    as(() -> answers.add(Answer.of(method, request)));
    return answers.getFirst();
  }

  private <Q, P> String refusal(BiConsumer<Q, StreamObserver<P>> method, Q request) {
    List<String> refusals = new ArrayList<>();
    as(() -> refusals.add(Answer.refusal(method, request)));
    return refusals.getFirst();
  }

  private static void as(Runnable work) {
    Context.current()
        .withValue(Caller.KEY, new Caller.Person("ann", Role.ADMIN, Optional.empty()))
        .run(work);
  }

  private DocumentDescription create(String name) {
    return call(service::createDocument, document(name).build()).getDocumentDescription();
  }

  private DocumentDescription update(String name, UnaryOperator<UpdateDocumentRequest.Builder> as) {
    return call(
            service::updateDocument,
            as.apply(UpdateDocumentRequest.newBuilder().setName(name).setContent(text("more")))
                .build())
        .getDocumentDescription();
  }

  private String refusedUpdate(UnaryOperator<UpdateDocumentRequest.Builder> as) {
    return refusal(
        service::updateDocument,
        as.apply(UpdateDocumentRequest.newBuilder().setName("Doc").setContent(text("more")))
            .build());
  }

  private static String brief(DocumentDescription one) {
    return one.getDocumentVersion()
        + " of "
        + one.getLatestVersion()
        + ", default "
        + one.getDefaultVersion();
  }

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
                "it is a calendar, for now",
                b -> b.setDocumentType(DocumentType.DOCUMENT_TYPE_CHANGE_CALENDAR),
                "InvalidParameters: document_type: is not supported yet"),
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

  @Test
  void theSameClientTokenGivesTheSameAnswerAndNoSecondDocument() {
    CreateDocumentRequest request = document("Doc").setClientToken("token-1").build();

    assertEquals(call(service::createDocument, request), call(service::createDocument, request));
    assertEquals(1, estate.store.read(Documents::count));
  }
}

package dev.holdfast.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.coordinator.association.AssociationDesk;
import dev.holdfast.coordinator.store.Documents;
import dev.holdfast.coordinator.store.EventLog;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.document.Document;
import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.JsonText;
import dev.holdfast.document.ParameterRules;
import dev.holdfast.document.Value;
import dev.holdfast.testing.Shared;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

final class BuiltInDocumentsTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  @SuppressWarnings("NullAway.Init") // set before each test
  private Store store;

  @BeforeEach
  void open(@TempDir Path folder) {
    store = Store.open(folder, () -> NOW, Store.Durability.PROCESS);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void aDocumentIsPutOnceAndAChangedOneBecomesTheDefault() {
    put("echo one");
    put("echo one");
    assertEquals("Holdfast 1 of 1", state());

    put("echo two");
    put("echo two");

    assertEquals("Holdfast 2 of 2", state());
    assertEquals(
        List.of("DocumentCreated", "DocumentUpdated"),
        store.read(read -> EventLog.after(read, 0, 10)).stream()
            .map(EventLog.Event::type)
            .toList());
  }

  @Test
  void theProgramsOwnAreRightAndCallersSeeWhatKindTheyAre() throws IOException {
    BuiltInDocuments.put(store, new AssociationDesk(100), BuiltInDocuments.load());

    assertEquals(
        List.of(
            "AWS-ApplyAnsiblePlaybooks COMMAND",
            "AWS-GatherSoftwareInventory POLICY",
            "AWS-RefreshAssociation COMMAND",
            "AWS-RunDocument COMMAND",
            "AWS-RunPatchBaseline COMMAND",
            "AWS-RunPowerShellScript COMMAND",
            "AWS-RunRemoteScript COMMAND",
            "AWS-RunShellScript COMMAND",
            "Holdfast-Probe POLICY"),
        store.read(read -> Documents.list(read, "", 100)).stream()
            .map(row -> row.name() + " " + row.type())
            .toList());
  }

  /** Names, types, and defaults by which people's associations call them. */
  @TestFactory
  List<DynamicTest> theProgramsOwnTakeTheParametersThatPeopleGive() {
    return Map.of(
            "AWS-RunShellScript",
            "commands:StringList workingDirectory:String='' executionTimeout:String=3600",
            "AWS-RunPowerShellScript",
            "commands:StringList workingDirectory:String='' executionTimeout:String=3600",
            "AWS-RunDocument",
            "sourceType:String sourceInfo:StringMap={} documentParameters:StringMap={}",
            "AWS-RunRemoteScript",
            "sourceType:String sourceInfo:StringMap={} commandLine:String=''"
                + " workingDirectory:String='' executionTimeout:String=3600",
            "AWS-RefreshAssociation",
            "associationIds:StringList=[]",
            "AWS-RunPatchBaseline",
            "Operation:String AssociationId:String='' SnapshotId:String=''"
                + " RebootOption:String=RebootIfNeeded InstallOverrideList:String=''"
                + " BaselineOverride:String=''",
            "AWS-ApplyAnsiblePlaybooks",
            "SourceType:String SourceInfo:StringMap={} InstallDependencies:String=False"
                + " PlaybookFile:String=hello-world-playbook.yml ExtraVariables:String=SSM=True"
                + " Check:String=False Verbose:String=-v TimeoutSeconds:String=3600")
        .entrySet()
        .stream()
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row.getKey(),
                    () -> assertEquals(row.getValue(), parameters(builtIn(row.getKey())))))
        .toList();
  }

  private static String parameters(Document document) {
    return document.parameters().values().stream()
        .map(
            parameter ->
                parameter.name()
                    + ":"
                    + parameter.type().text()
                    + parameter
                        .defaultValue()
                        .map(JsonText::inText)
                        .map(text -> "=" + (text.isEmpty() ? "''" : text))
                        .orElse(""))
        .collect(Collectors.joining(" "));
  }

  private static Document builtIn(String name) throws IOException {
    byte[] content = Objects.requireNonNull(BuiltInDocuments.load().get(name), name);
    return DocumentReader.read(content).document().orElseThrow();
  }

  @TestFactory
  List<DynamicTest> theProgramsOwnTakeWhatRealAssociationsGiveThem() throws IOException {
    Path corpus = Shared.path("corpus");
    List<DynamicTest> tests = new ArrayList<>();
    try (Stream<Path> files = Files.list(corpus)) {
      for (Path file :
          files
              .filter(path -> path.getFileName().toString().startsWith("asc-"))
              .sorted()
              .toList()) {
        if (DocumentReader.readJson(Files.readAllBytes(file), new ArrayList<>()).orElse(null)
                instanceof Value.Fields(var fields)
            && field(fields, "Name") instanceof Value.Text(var name)
            && BuiltInDocuments.load().containsKey(name)
            // Gives it a parameter that AWS's has not either.
            && !file.endsWith("asc-0113.json")
            && field(fields, "Parameters") instanceof Value.Fields(var given)) {
          tests.add(
              DynamicTest.dynamicTest(
                  file.getFileName() + " " + name,
                  () ->
                      assertEquals(
                          List.of(), ParameterRules.check(builtIn(name), real(given)).errors())));
        }
      }
    }
    assertTrue(tests.size() > 10, "only " + tests.size() + " associations name a document of ours");
    return tests;
  }

  /** Where the corpus has put a placeholder for a whole value, nobody knows the value. */
  private static Map<String, Value> real(Map<String, Value> given) {
    Map<String, Value> real = new LinkedHashMap<>(given);
    real.values().removeIf(value -> JsonText.inText(value).contains("PLACEHOLDER_"));
    return real;
  }

  private static @Nullable Value field(Map<String, Value> fields, String name) {
    return fields.getOrDefault(name, fields.get(name.toLowerCase(Locale.ROOT)));
  }

  private void put(String command) {
    String content =
        "schemaVersion: \"2.2\"\nmainSteps:\n- action: aws:runShellScript\n  name: run\n"
            + "  inputs:\n    runCommand:\n    - "
            + command
            + "\n";
    BuiltInDocuments.put(
        store,
        new AssociationDesk(100),
        Map.of("AWS-Test", content.getBytes(StandardCharsets.UTF_8)));
  }

  private String state() {
    Documents.Name row = store.read(read -> Documents.find(read, "AWS-Test")).orElseThrow();
    return row.owner() + " " + row.defaultVersion() + " of " + row.latestVersion();
  }
}

package dev.holdfast.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.document.Document;
import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.DocumentReading;
import dev.holdfast.document.ParameterDefinition;
import dev.holdfast.document.Step;
import dev.holdfast.document.Value;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class DocumentsTest {
  private static final Path EXAMPLES =
      Path.of(System.getProperty("holdfast.root")).resolve("packaging/examples");

  @TestFactory
  Stream<DynamicTest> everyExampleIsReadWithoutAWordOfComplaint() throws IOException {
    List<Path> files = examples();
    assertTrue(files.size() >= 3, files::toString);
    return files.stream()
        .map(
            file ->
                DynamicTest.dynamicTest(
                    String.valueOf(file.getFileName()), () -> read(Files.readAllBytes(file))));
  }

  @Test
  void everyExampleIsInTheReadMe() throws IOException {
    String text = Files.readString(EXAMPLES.resolve("README.md"));

    for (Path file : examples()) {
      assertTrue(text.contains("](" + file.getFileName() + ")"), file::toString);
    }
  }

  @Test
  void noExampleNeedsAParameter() throws IOException {
    for (Path file : examples()) {
      Document document = read(Files.readAllBytes(file));
      document
          .parameters()
          .forEach(
              (name, definition) ->
                  assertTrue(definition.defaultValue().isPresent(), () -> file + " " + name));
    }
  }

  @Test
  void runShellScriptHasTheParametersThatPeopleKnow() throws IOException {
    Document document = builtIn("AWS-RunShellScript");

    assertEquals(
        Set.of("commands", "workingDirectory", "executionTimeout"), document.parameters().keySet());
    assertEquals(Optional.empty(), parameter(document, "commands").defaultValue());
    assertEquals(
        Optional.of(new Value.Text("")), parameter(document, "workingDirectory").defaultValue());
    assertEquals(
        Optional.of(new Value.Text("3600")),
        parameter(document, "executionTimeout").defaultValue());
    assertEquals(
        List.of("aws:runShellScript"), document.steps().stream().map(Step::action).toList());
  }

  @Test
  void gatherSoftwareInventoryHandsEachOfItsParametersOver() throws IOException {
    Document document = builtIn("AWS-GatherSoftwareInventory");

    Step step = document.steps().getFirst();
    assertEquals("aws:softwareInventory", step.action());
    assertEquals(
        document.parameters().keySet().stream()
            .collect(
                Collectors.toMap(
                    name -> name, name -> (Value) new Value.Text("{{ " + name + " }}"))),
        step.inputs() instanceof Value.Fields(var fields) ? fields : Map.of());
    Set<String> filters = Set.of("files", "windowsRegistry");
    Set<String> ours =
        Set.of("disks", "ports", "users", "certificates", "kernel", "containers", "pendingUpdates");
    document
        .parameters()
        .forEach(
            (name, definition) ->
                assertEquals(
                    Optional.of(
                        new Value.Text(
                            filters.contains(name)
                                ? ""
                                : ours.contains(name) ? "Disabled" : "Enabled")),
                    definition.defaultValue(),
                    name));
  }

  private static Document builtIn(String name) throws IOException {
    try (InputStream stream =
        DocumentsTest.class.getResourceAsStream("/documents/" + name + ".yaml")) {
      return read(Objects.requireNonNull(stream, name).readAllBytes());
    }
  }

  private static ParameterDefinition parameter(Document document, String name) {
    return Objects.requireNonNull(document.parameters().get(name), name);
  }

  private static Document read(byte[] content) {
    DocumentReading reading = DocumentReader.read(content);
    assertEquals(List.of(), reading.errors());
    assertEquals(List.of(), reading.warnings());
    return reading.document().orElseThrow();
  }

  private static List<Path> examples() throws IOException {
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }
}

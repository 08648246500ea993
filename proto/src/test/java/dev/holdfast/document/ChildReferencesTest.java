package dev.holdfast.document;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class ChildReferencesTest {

  private static Document document(String parameters, String... steps) {
    String text = "schemaVersion: \"2.2\"\n" + parameters + "mainSteps:\n" + String.join("", steps);
    DocumentReading reading = DocumentReader.read(text.getBytes(StandardCharsets.UTF_8));
    return reading.document().orElseThrow(() -> new AssertionError(reading.errors().toString()));
  }

  private static String run(String name, String inputs) {
    return "- {action: 'aws:runDocument', name: " + name + ", inputs: {" + inputs + "}}\n";
  }

  private static String download(String inputs) {
    return "- {action: 'aws:downloadContent', name: get, inputs: {" + inputs + "}}\n";
  }

  private static String shown(Document document, Map<String, Value> values) {
    StringBuilder shown = new StringBuilder();
    for (ChildReferences.Reference one : ChildReferences.of(document, values)) {
      shown
          .append(one.step())
          .append(one.runs() ? " runs " : " downloads ")
          .append(one.text())
          .append(' ')
          .append(JsonText.canonical(new Value.Fields(one.parameters())))
          .append(one.open() ? " open" : "")
          .append('\n');
    }
    return shown.toString();
  }

  private record Row(String name, String step, String expected) {}

  @TestFactory
  List<DynamicTest> aStepNamesAnotherDocument() {
    return List.of(
            new Row(
                "by its name",
                run("r", "documentType: SSMDocument, documentPath: Child"),
                "r runs Child {}\n"),
            new Row(
                "by name and version",
                run("r", "documentType: SSMDocument, documentPath: 'Child:3'"),
                "r runs Child:3 {}\n"),
            new Row(
                "by a parameter that has a value",
                run("r", "documentType: SSMDocument, documentPath: '{{ Path }}'"),
                "r runs Given {}\n"),
            new Row(
                "by a parameter within the name",
                run("r", "documentType: SSMDocument, documentPath: 'X-{{ Path }}:2'"),
                "r runs X-Given:2 {}\n"),
            new Row(
                "by a token that has no value yet",
                run("r", "documentType: SSMDocument, documentPath: '{{ssm:which}}'"),
                "r runs {{ssm:which}} {} open\n"),
            new Row(
                "with parameters as a map",
                run(
                    "r",
                    "documentType: SSMDocument, documentPath: Child, documentParameters: {a: '{{"
                        + " Path }}'}"),
                "r runs Child {\"a\":\"Given\"}\n"),
            new Row(
                "with parameters as JSON",
                run(
                    "r",
                    "documentType: SSMDocument, documentPath: Child, documentParameters: '{\"a\":"
                        + " [1]}'"),
                "r runs Child {\"a\":[1]}\n"),
            new Row(
                "with parameters as YAML",
                run(
                    "r",
                    "documentType: SSMDocument, documentPath: Child, documentParameters: 'a: b'"),
                "r runs Child {\"a\":\"b\"}\n"),
            new Row(
                "with parameters that mean nothing",
                run(
                    "r",
                    "documentType: SSMDocument, documentPath: Child, documentParameters: '{\"a\"'"),
                "r runs Child {}\n"),
            new Row(
                "to be downloaded",
                download("sourceType: SSMDocument, sourceInfo: {name: 'Child:$LATEST'}"),
                "get downloads Child:$LATEST {}\n"),
            new Row(
                "to be downloaded, as JSON",
                download("sourceType: SSMDocument, sourceInfo: '{\"name\": \"{{Path}}\"}'"),
                "get downloads Given {}\n"),
            new Row(
                "not, if it is a path",
                run("r", "documentType: LocalPath, documentPath: Child"),
                ""),
            new Row(
                "not, if the name is empty",
                run("r", "documentType: SSMDocument, documentPath: ''"),
                ""),
            new Row(
                "not, if something else is downloaded",
                download("sourceType: HTTP, sourceInfo: {url: 'https://example.com/name'}"),
                ""))
        .stream()
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row.name,
                    () ->
                        assertEquals(
                            row.expected,
                            shown(
                                document(
                                    "parameters: {Path: {type: String, default: d}}\n", row.step),
                                Map.of("Path", new Value.Text("Given"))))))
        .toList();
  }

  @Test
  void stepsAreToldInTheirOrder() {
    Document document =
        document(
            "",
            run("b", "documentType: SSMDocument, documentPath: Two22"),
            download("sourceType: SSMDocument, sourceInfo: {name: Three}"),
            run("a", "documentType: SSMDocument, documentPath: One11"));

    assertEquals(
        "b runs Two22 {}\nget downloads Three {}\na runs One11 {}\n", shown(document, Map.of()));
  }

  @Test
  void aReferenceIsANameAndPerhapsAVersionAlsoAsAnArn() {
    assertEquals("Child ", named("Child"));
    assertEquals("Child ", named("  Child "));
    assertEquals("Child 12", named("Child:12"));
    assertEquals("Child $LATEST", named("Child:$LATEST"));
    assertEquals("Child $DEFAULT", named("Child:$DEFAULT"));
    assertEquals("Child 2", named("arn:aws:ssm:eu-west-1:123456789012:document/Child:2"));
    assertEquals("Child ", named("arn:aws:ssm:eu-west-1::document/Child"));
    for (String none :
        List.of(
            "ab",
            "Child:0",
            "Child:",
            "Child:x",
            "a/b/c",
            "../Child",
            "Child:01",
            "x".repeat(129))) {
      assertEquals("none", named(none), none);
    }
  }

  private static String named(String text) {
    Optional<ChildReferences.Named> named =
        new ChildReferences.Reference("s", text, true, Map.of(), 1, 1).named();
    return named.map(n -> n.name() + " " + n.selector()).orElse("none");
  }
}

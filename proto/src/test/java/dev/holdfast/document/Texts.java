package dev.holdfast.document;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Documents for tests, and what came of reading them, in few words. */
final class Texts {
  private Texts() {}

  /** A step of a shell script, with these lines, in JSON. */
  static String step(String inputs) {
    return "{\"action\":\"aws:runShellScript\",\"name\":\"only\",\"inputs\":" + inputs + "}";
  }

  /** A document of schema 2.2 with these steps. */
  static String steps(String... steps) {
    return with("{}", steps);
  }

  /** A document of schema 2.2 with these parameters and steps. */
  static String with(String parameters, String... steps) {
    return "{\"schemaVersion\":\"2.2\",\"parameters\":"
        + parameters
        + ",\"mainSteps\":["
        + String.join(",", steps)
        + "]}";
  }

  /** A document of one parameter and a step that does nothing. */
  static String parameter(String definition) {
    return with("{\"p\":" + definition + "}", step("{\"runCommand\":[]}"));
  }

  static DocumentReading read(String text) {
    return DocumentReader.read(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The document, which has no errors. */
  static Document document(String text) {
    DocumentReading reading = read(text);
    assertEquals(List.of(), reading.errors(), text);
    return reading.document().orElseThrow();
  }

  static List<String> errors(String text) {
    return read(text).errors().stream().map(Problem::text).toList();
  }

  /** The warnings of a document without errors. */
  static List<String> warnings(String text) {
    DocumentReading reading = read(text);
    assertEquals(List.of(), reading.errors(), text);
    return reading.warnings().stream().map(Problem::text).toList();
  }

  /** A value, written as JSON. */
  static Value value(String json) {
    List<Problem> problems = new ArrayList<>();
    Value value =
        DocumentReader.readJson(json.getBytes(StandardCharsets.UTF_8), problems)
            .orElseGet(Value.Null::new);
    assertEquals(List.of(), problems, json);
    return value;
  }

  /** Values by name, written as a JSON object. */
  static Map<String, Value> values(String json) {
    return ((Value.Fields) value(json)).fields();
  }

  /** The same with single quotes for double ones, which is easier to read in Java. */
  static String q(String text) {
    return text.replace('\'', '"');
  }
}

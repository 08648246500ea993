package dev.holdfast.coordinator.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.document.Document;
import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.DocumentReading;
import dev.holdfast.document.DocumentReading.Format;
import dev.holdfast.document.DocumentText;
import dev.holdfast.document.Step;
import dev.holdfast.testing.Shared;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A document in the other format means the same. */
final class DocumentConversionTest {

  @Test
  void whatLooksLikeSomethingElseInTheOtherFormatStaysWhatItIs() {
    String json =
        """
        {"schemaVersion": "2.2",
         "parameters": {"P": {"type": "String", "default": "yes"}, "N": {"type": "Integer", "default": 7}},
         "mainSteps": [{"action": "aws:runShellScript", "name": "on", "inputs": {"runCommand": [
           "", "no", "null", "~", "1.0", "012", "0x1f", "1e3", "2026-01-01", "- a", "a: b", "#c",
           "'single'", "\\"double\\"", "*alias", "&anchor", "!tag", "%percent", "@at", "`tick",
           "two\\nlines\\n", " blank at both ends ", "tab\\there", "{{ P }}", "ünïcödé \\u2028 \\ud83d\\ude00",
           "\\\\back", "x:", "? y", "| z", "> w", "true"]}}]}
        """;

    assertSame(json, Format.JSON, "the table");
  }

  @Test
  void allRealDocumentsMeanTheSameInTheOtherFormatAndBack() throws IOException {
    int converted = 0;
    try (Stream<Path> files = Files.list(Shared.path("corpus"))) {
      for (Path file : files.sorted().toList()) {
        byte[] bytes = Files.readAllBytes(file);
        DocumentReading reading = DocumentReader.read(bytes);
        if (reading.document().isPresent()) {
          assertSame(
              new String(bytes, StandardCharsets.UTF_8),
              reading.format(),
              String.valueOf(file.getFileName()));
          converted++;
        }
      }
    }
    assertTrue(converted > 100, converted + " documents");
  }

  private static void assertSame(String text, Format format, String name) {
    Format other = format == Format.JSON ? Format.YAML : Format.JSON;
    String there = DocumentText.convert(text, format, other);
    String back = DocumentText.convert(there, other, format);

    assertEquals(meaning(text, format, name), meaning(there, other, name), name);
    assertEquals(meaning(text, format, name), meaning(back, format, name), name + " and back");
  }

  /** Without the places, which differ. */
  private static List<Object> meaning(String text, Format format, String name) {
    DocumentReading reading = DocumentReader.read(text.getBytes(StandardCharsets.UTF_8), format);
    Document document =
        reading
            .document()
            .orElseThrow(() -> new AssertionError(name + ": " + reading.errors() + "\n" + text));
    List<Object> meaning = new ArrayList<>();
    meaning.add(document.schemaVersion());
    meaning.add(document.description());
    meaning.add(document.parameters());
    for (Step step : document.steps()) {
      meaning.add(
          List.of(
              step.name(),
              step.action(),
              step.inputs(),
              step.precondition(),
              step.timeoutSeconds(),
              step.maxAttempts()));
    }
    return meaning;
  }
}

package dev.holdfast.agent.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.DocumentReading;
import dev.holdfast.document.Plugins;
import dev.holdfast.document.Problem;
import dev.holdfast.document.Value;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page about documents says what is so. */
final class DocumentsPageTest {
  private static final Path PAGE =
      Path.of(System.getProperty("holdfast.root")).resolve("docs/documents.md");

  /** What comes of an example when it is run, and whether it leaves all as it is the next time. */
  private static final Pattern EXAMPLE =
      Pattern.compile(
          "(?:<!-- ends (\\w+)(; again: unchanged)? -->\\n)?```yaml\\n(.*?)```", Pattern.DOTALL);

  @TempDir private Path folder;

  private record Example(String ends, boolean again, String text) {}

  @Test
  void everyExampleIsADocumentWithoutFindings() throws IOException {
    List<String> findings = new ArrayList<>();
    for (Example example : examples()) {
      DocumentReading reading = DocumentReader.read(example.text.getBytes(StandardCharsets.UTF_8));
      for (Problem problem : reading.errors()) {
        findings.add(problem + " in\n" + example.text);
      }
      for (Problem problem : reading.warnings()) {
        findings.add(problem + " in\n" + example.text);
      }
    }
    assertEquals(List.of(), findings);
  }

  @Test
  void everyPluginIsThereAndEveryInputThatItKnows() throws IOException {
    String page = Files.readString(PAGE);
    List<String> missing = new ArrayList<>();
    for (String action : new TreeSet<>(Plugins.known())) {
      if (!Plugins.built(action)) {
        if (!page.contains("`" + action + "`")) {
          missing.add(action);
        }
        continue;
      }
      int begin = page.indexOf("\n### " + action + "\n");
      if (begin < 0) {
        missing.add(action);
        continue;
      }
      int end = page.indexOf("\n##", begin + 4);
      String section = page.substring(begin, end < 0 ? page.length() : end);
      for (String input : Plugins.inputs(action)) {
        if (!section.contains("`" + input + "`")) {
          missing.add(action + " " + input);
        }
      }
    }
    assertEquals(List.of(), missing);
  }

  @Test
  void theExamplesEndAsThePageSays() throws Exception {
    Map<String, List<String>> cases = new LinkedHashMap<>();
    List<Example> examples = examples().stream().filter(e -> !e.ends.isEmpty()).toList();
    for (int i = 0; i < examples.size(); i++) {
      Path file = Files.writeString(folder.resolve("example-" + i + ".yaml"), examples.get(i).text);
      cases.put(
          "" + i,
          examples.get(i).again ? List.of("twice", file.toString()) : List.of(file.toString()));
    }

    Map<String, ThrowAway.Outcome> outcomes = ThrowAway.run(cases, folder, 120);

    assertTrue(examples.size() > 10, examples.size() + " examples run");
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < examples.size(); i++) {
      check(examples.get(i), outcomes.get("" + i), wrong);
    }
    assertEquals(List.of(), wrong);
  }

  private static void check(
      Example example, ThrowAway.@Nullable Outcome outcome, List<String> wrong) throws IOException {
    String json = outcome == null ? "no answer" : outcome.json();
    Value answer =
        DocumentReader.readJson(json.getBytes(StandardCharsets.UTF_8), new ArrayList<>())
            .orElse(new Value.Null());
    boolean right =
        answer instanceof Value.Fields(var fields)
            && new Value.Text(example.ends).equals(fields.get("status"))
            && (!example.again || !json.contains("\"changed\":true"));
    if (!right) {
      wrong.add(json + " to\n" + example.text);
    }
  }

  private static List<Example> examples() throws IOException {
    List<Example> examples = new ArrayList<>();
    Matcher matcher = EXAMPLE.matcher(Files.readString(PAGE));
    while (matcher.find()) {
      String ends = matcher.group(1);
      examples.add(
          new Example(ends == null ? "" : ends, matcher.group(2) != null, matcher.group(3)));
    }
    return examples;
  }
}

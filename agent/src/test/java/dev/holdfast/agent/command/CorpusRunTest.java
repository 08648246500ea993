package dev.holdfast.agent.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.JsonText;
import dev.holdfast.document.Plugins;
import dev.holdfast.document.Problem;
import dev.holdfast.document.Value;
import dev.holdfast.testing.Shared;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Documents that other people wrote end as their scripts say: each is run, and beside it, in
 * another copy of this machine, the same commands by nothing but {@code sh}.
 */
final class CorpusRunTest {
  private static final String GIVEN = "example";

  @TempDir private Path folder;

  @Test
  void everyDocumentThatNeedsNothingOfTheWorldEndsAsItsScriptsSay() throws Exception {
    Path corpus = Shared.path("corpus").toAbsolutePath().normalize();
    Map<String, List<String>> documents = new LinkedHashMap<>();
    Map<String, List<String>> shells = new LinkedHashMap<>();
    Map<String, OtherRules> rules = new LinkedHashMap<>();
    Set<String> ofTests = new HashSet<>();
    Path visible = Files.createDirectory(folder.resolve("scripts"));
    for (String line : Files.readAllLines(corpus.resolve("manifest.tsv"))) {
      List<String> cells = List.of(line.split("\t", -1));
      if (cells.get(1).equals("document") && cells.get(6).equals("yes")) {
        String name = cells.get(0);
        if (cells.size() > 9 && cells.get(9).contains("from a test suite")) {
          ofTests.add(name);
        }
        Path copy = Files.copy(corpus.resolve(name), visible.resolve(name));
        OtherRules document = OtherRules.of(Files.readAllBytes(copy), GIVEN);
        rules.put(name, document);
        Path parameters = visible.resolve(name + ".parameters");
        Files.writeString(parameters, JsonText.line(new Value.Fields(document.given())));
        documents.put(name, List.of(copy.toString(), "--parameters", parameters.toString()));
        List<String> scripts = new ArrayList<>(List.of("sh"));
        for (String script : document.scripts()) {
          Path file = visible.resolve(name + "." + scripts.size());
          scripts.add(Files.writeString(file, script).toString());
        }
        shells.put(name, scripts);
      }
    }

    Map<String, ThrowAway.Outcome> ours = ThrowAway.run(documents, visible, 240);
    Map<String, ThrowAway.Outcome> plain = ThrowAway.run(shells, visible, 240);

    Map<String, Integer> counts = new TreeMap<>();
    List<String> differ = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    int steps = 0;
    for (String name : documents.keySet()) {
      ThrowAway.Outcome here = ours.get(name);
      ThrowAway.Outcome there = plain.get(name);
      if (here == null || there == null) {
        differ.add(name + ": no answer");
        continue;
      }
      Value.Fields result = json(here.json());
      List<String> expected =
          rules.getOrDefault(name, OtherRules.NONE).expected(items(json(there.json()), "steps"));
      List<String> got = items(result, "steps").stream().map(CorpusRunTest::text).toList();
      steps += expected.size();
      counts.merge(text(result, "status"), 1, Integer::sum);
      if (refused(result)) {
        // Somebody's tests hold documents that are wrong on purpose; of others there is none.
        refused.add(name + " " + text(result, "reason"));
        if (!ofTests.contains(name)) {
          differ.add(name + ": refused: " + here.json());
        }
        continue;
      }
      if (!expected.equals(got)) {
        differ.add(name + ": " + got + "\n  instead of " + expected);
      }
    }
    System.out.println(
        "corpus: " + documents.size() + " documents, " + steps + " steps, ran: " + counts);
    System.out.println("corpus: refused, and no step ran: " + refused);
    differ.forEach(System.out::println);
    assertTrue(documents.size() >= 30, documents.size() + " rows fit");
    assertEquals(List.of(), differ);
    assertTrue(counts.getOrDefault("Success", 0) >= 10, counts.toString());
  }

  /** Whether nothing of it was started, since it or its values can't be right. */
  private static boolean refused(Value.Fields result) {
    return Set.of("InvalidDocument", "InvalidParameters").contains(text(result, "reason"))
        && items(result, "steps").stream().allMatch(step -> text(step, "attempts").equals("0"));
  }

  private static String text(Value.Fields fields, String name) {
    return JsonText.inText(fields.fields().getOrDefault(name, new Value.Null()));
  }

  private static String text(Value.Fields step) {
    String status = text(step, "status");
    boolean ran =
        text(step, "action").equals(Plugins.RUN_SHELL_SCRIPT) && !status.equals("Skipped");
    return ran ? status + OtherRules.text(step) : status;
  }

  private static Value.Fields json(String text) throws IOException {
    List<Problem> problems = new ArrayList<>();
    Value value =
        DocumentReader.readJson(text.getBytes(StandardCharsets.UTF_8), problems)
            .orElse(new Value.Null());
    if (value instanceof Value.Fields fields) {
      return fields;
    }
    throw new IOException("not JSON: " + problems + " " + text);
  }

  private static List<Value.Fields> items(Value.Fields fields, String name) {
    return fields.fields().get(name) instanceof Value.Items(var items)
        ? items.stream().map(Value.Fields.class::cast).toList()
        : List.of();
  }
}

package dev.holdfast.agent.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.JsonText;
import dev.holdfast.document.Plugins;
import dev.holdfast.document.Value;
import dev.holdfast.testing.Shared;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Documents that other people wrote, run to their end. */
final class CorpusRunTest {
  private static final Set<String> ENDS = Set.of("Success", "Failed", "TimedOut", "Cancelled");

  @Test
  void everyDocumentThatNeedsNothingOfTheWorldReachesAnEnd() throws Exception {
    Path corpus = Shared.path("corpus");
    Map<String, List<String>> cases = new LinkedHashMap<>();
    for (String line : Files.readAllLines(corpus.resolve("manifest.tsv"))) {
      List<String> cells = List.of(line.split("\t", -1));
      String notes = cells.size() > 9 ? cells.get(9) : "";
      if (cells.get(1).equals("document")
          && cells.get(3).equals("2.2")
          && Set.of("linux", "any").contains(cells.get(4))
          && cells.get(5).equals(Plugins.RUN_SHELL_SCRIPT)
          && cells.get(6).equals("yes")
          && !notes.contains("changes")) {
        cases.put(cells.get(0), List.of(corpus.resolve(cells.get(0)).toString()));
      }
    }

    Map<String, ThrowAway.Outcome> outcomes = ThrowAway.run(cases, corpus.toAbsolutePath(), 240);

    Map<String, Integer> counts = new TreeMap<>();
    List<String> without = new ArrayList<>();
    for (String file : cases.keySet()) {
      ThrowAway.Outcome outcome = outcomes.get(file);
      String status = outcome == null ? "no answer" : status(outcome.json());
      counts.merge(status, 1, Integer::sum);
      if (!ENDS.contains(status)) {
        without.add(file + " " + (outcome == null ? "" : outcome.json()));
      }
    }
    System.out.println("corpus: " + cases.size() + " documents ran: " + counts);
    assertTrue(cases.size() >= 15, cases.size() + " rows fit");
    assertEquals(List.of(), without);
    assertTrue(counts.getOrDefault("Success", 0) >= 8, counts.toString());
  }

  private static String status(String json) {
    return DocumentReader.readJson(json.getBytes(StandardCharsets.UTF_8), new ArrayList<>())
        .map(
            value ->
                value instanceof Value.Fields(var fields)
                    ? JsonText.inText(fields.getOrDefault("status", new Value.Null()))
                    : "")
        .orElse("");
  }
}

package dev.holdfast.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.testing.Shared;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * The associations that people have written, as found in public: each can be imported, or is
 * refused, and every line of a refusal is one of those that are right.
 */
final class ImportCorpusTest {
  /** What may keep an association from being imported, by what the line says. */
  private static final Map<String, String> RIGHT =
      Map.ofEntries(
          Map.entry("name: there is no document '", "its document is not here"),
          Map.entry("Name: is missing", "it is a fragment without a document"),
          Map.entry("' is no instance id (mi- and 17 hex digits)", "it names EC2 instances"),
          Map.entry("'; allowed are InstanceIds, tag:KEY, tag-key", "a key that is no target"),
          Map.entry("there is no instance group '", "its group is not here"),
          Map.entry("]: there is no calendar '", "its calendar is not here"),
          Map.entry("Automation runbook", "it is of an Automation runbook"),
          Map.entry("Targets: is no list of objects with Key and Values", "targets that are none"),
          Map.entry("schedule_expression: never fires again", "its only time has passed"),
          Map.entry("has no parameter 'BaselineId'", "nor has AWS's document"),
          Map.entry("'Operation' is required", "it leaves out what AWS's document needs too"),
          Map.entry("needs a schedule_expression: it would never run", "it waits for no tick"),
          Map.entry("is a template; render it first", "it is a template"));

  private record Result(int code, List<String> lines) {}

  @Test
  void eachIsImportableOrRefusedForTheRightReason(@TempDir Path folder) throws Exception {
    Path corpus = Shared.path("corpus");
    List<Path> files;
    try (Stream<Path> all = Files.list(corpus)) {
      files =
          all.filter(file -> file.getFileName().toString().startsWith("asc-")).sorted().toList();
    }
    List<String> wrong = new ArrayList<>();
    Map<String, Integer> counts = new TreeMap<>();
    int placeholders = 0;
    try (Running running = Running.start(folder.resolve("data"))) {
      for (Path file : files) {
        if (Files.readString(file).contains("PLACEHOLDER")) {
          placeholders++;
          continue;
        }
        Result result = dryRun(running, file);
        List<String> refusals =
            result.lines.stream().filter(line -> line.contains(": refused ")).toList();
        boolean told = result.lines.stream().anyMatch(line -> line.contains(": would create "));
        if (told == !refusals.isEmpty() || result.code != (told ? 0 : 1)) {
          wrong.add(file.getFileName() + " code " + result.code + ": " + result.lines);
        }
        counts.merge(told ? "importable" : "refused: " + reasons(refusals, wrong), 1, Integer::sum);
      }
    }
    int placed = placeholders;
    System.out.printf(
        "associations of the corpus: %d files, %d with placeholders left aside%n",
        files.size(), placed);
    counts.forEach((what, count) -> System.out.printf("  %3d %s%n", count, what));

    assertEquals(List.of(), wrong);
    assertTrue(counts.getOrDefault("importable", 0) > 0, counts.toString());
  }

  private static String reasons(List<String> refusals, List<String> wrong) {
    List<String> reasons = new ArrayList<>();
    for (String line : refusals) {
      List<String> right =
          RIGHT.entrySet().stream()
              .filter(reason -> line.contains(reason.getKey()))
              .map(Map.Entry::getValue)
              .toList();
      if (right.isEmpty()) {
        wrong.add(line);
      }
      right.stream().filter(reason -> !reasons.contains(reason)).forEach(reasons::add);
    }
    return String.join("; ", reasons);
  }

  private static Result dryRun(Running running, Path file) throws IOException {
    CommandLine program = dev.holdfast.coordinator.client.Main.program();
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    program.setOut(new PrintWriter(out));
    program.setErr(new PrintWriter(err));
    int code =
        program.execute(
            "import",
            "--dry-run",
            "--address",
            running.addresses().admin().toString(),
            "--ca",
            running.data().resolve("ca.pem").toString(),
            "--token-file",
            running.data().resolve("admin.token").toString(),
            file.toString());
    assertEquals("", err.toString());
    return new Result(code, out.toString().lines().toList());
  }
}

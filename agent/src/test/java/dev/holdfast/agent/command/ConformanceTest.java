package dev.holdfast.agent.command;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.JsonText;
import dev.holdfast.document.Plugins;
import dev.holdfast.document.Value;
import dev.holdfast.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What amazon-ssm-agent answered to documents of all kinds, and what we answer. */
final class ConformanceTest {
  private static final String RUN_DOCUMENT = "aws:runDocument";

  /** Of these more than the status counts. */
  private static final Set<String> SCRIPTS = Set.of(Plugins.RUN_SHELL_SCRIPT, RUN_DOCUMENT);

  private static final int CUT = 2_000;
  private static final Pattern OUR_FOLDER =
      Pattern.compile("/[^\\s:]*/runs/[^\\s:/]+/(\\d+)-\\d+-\\d+/");

  /** A line of the list of differences. */
  private record Rule(Set<String> cases, String step, String field, List<String> accept) {
    boolean concerns(String name) {
      return cases.contains("*") || cases.contains(name);
    }
  }

  @Test
  void documentsDoWhatTheyDoInAws() throws Exception {
    Path folder = Shared.path("conformance");
    List<Rule> rules = rules(folder);
    Map<String, Value.Fields> golden = golden(folder);
    Map<String, List<String>> cases = new LinkedHashMap<>();
    golden.forEach(
        (name, expected) -> {
          String file = text(expected, "document_file");
          Path document =
              file.startsWith("corpus:")
                  ? folder.resolveSibling("corpus").resolve(file.substring(7))
                  : folder.resolve("cases").resolve(file);
          List<String> arguments = new ArrayList<>(List.of(document.toString()));
          Path parameters = folder.resolve("cases").resolve(name + ".parameters.json");
          if (Files.exists(parameters)) {
            arguments.addAll(List.of("--parameters", parameters.toString()));
          }
          cases.put(name, arguments);
        });

    Map<String, ThrowAway.Outcome> outcomes =
        ThrowAway.run(cases, Shared.path(".").toAbsolutePath().normalize(), 300);

    List<String> differ = new ArrayList<>();
    golden.forEach(
        (name, expected) -> {
          ThrowAway.Outcome outcome = outcomes.get(name);
          String difference =
              outcome == null
                  ? "no answer"
                  : difference(name, expected, outcome, rules, blankLinesCount(folder, expected));
          if (!difference.isEmpty()) {
            differ.add(name + ": " + difference);
          }
        });
    System.out.println(
        "conformance: " + (golden.size() - differ.size()) + " of " + golden.size() + " agree");
    differ.forEach(System.out::println);
    assertTrue(golden.size() >= 340, golden.size() + " cases are there");
    assertEquals(List.of(), differ);
  }

  private static String difference(
      String name,
      Value.Fields expected,
      ThrowAway.Outcome outcome,
      List<Rule> all,
      boolean blankLines) {
    List<Rule> rules = all.stream().filter(rule -> rule.concerns(name)).toList();
    Value.Fields actual;
    try {
      actual = json(outcome.json());
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
    boolean refused =
        outcome.exitCode() != 0
            && items(actual, "steps").stream().allMatch(step -> text(step, "attempts").equals("0"));
    boolean wasRefused = !(expected.fields().get("rejected") instanceof Value.Null);
    if (has(rules, "all") || (refused && (wasRefused || has(rules, "refused")))) {
      return "";
    }
    if (wasRefused) {
      return has(rules, "run") ? "" : "ran, and should have been refused: " + outcome.json();
    }
    List<Value.Fields> wanted = items(expected, "steps");
    List<Value.Fields> got = items(actual, "steps");
    List<String> found = new ArrayList<>();
    String documentStatus = text(expected, "documentStatus");
    check(rules, "*", "", "documentStatus", documentStatus, text(actual, "status"), found);
    if (wanted.size() != got.size()) {
      return "has " + got.size() + " steps instead of " + wanted.size();
    }
    for (int i = 0; i < wanted.size(); i++) {
      String number = Integer.toString(i + 1);
      String status = text(wanted.get(i), "status");
      for (String field : List.of("name", "action", "status")) {
        String value = text(wanted.get(i), field);
        if (!(field.equals("name") && value.isEmpty())) {
          check(rules, number, status, field, value, text(got.get(i), field), found);
        }
      }
      String action = text(wanted.get(i), "action");
      if (SCRIPTS.contains(action) && !status.equals("Skipped") && scriptStarted(wanted.get(i))) {
        check(
            rules,
            number,
            status,
            "exitCode",
            text(wanted.get(i), "code"),
            text(got.get(i), "exitCode"),
            found);
        for (String stream : List.of("stdout", "stderr")) {
          boolean ordered = !action.equals(RUN_DOCUMENT);
          String value = lines(text(wanted.get(i), stream), blankLines, ordered);
          String ours = lines(asRecorded(text(got.get(i), stream), got), blankLines, ordered);
          boolean cut = value.length() >= 8_000;
          check(
              rules,
              number,
              status,
              stream,
              cut ? value.substring(0, CUT) : value,
              cut && ours.length() > CUT ? ours.substring(0, CUT) : ours,
              found);
        }
      }
    }
    return String.join("; ", found);
  }

  private static void check(
      List<Rule> rules,
      String step,
      String status,
      String field,
      String wanted,
      String got,
      List<String> found) {
    List<String> accepted = new ArrayList<>();
    for (Rule rule : rules) {
      boolean here =
          rule.step.equals("*") || rule.step.equals(step) || rule.step.equals("status:" + status);
      if (here && rule.field.equals(field)) {
        accepted.addAll(rule.accept);
      }
    }
    if (accepted.isEmpty()) {
      accepted.add("=");
    }
    boolean fits =
        accepted.stream()
            .anyMatch(
                a -> a.equals("any") || a.equals(got) || (a.equals("=") && wanted.equals(got)));
    if (!fits) {
      found.add(
          "step "
              + step
              + " "
              + field
              + " is '"
              + got
              + "' instead of '"
              + wanted
              + "' "
              + accepted);
    }
  }

  /** The lines that count, in an order in which they can be compared. */
  private static String lines(String text, boolean blank, boolean ordered) {
    if (blank && ordered) {
      return text;
    }
    Stream<String> lines = text.lines().filter(line -> blank || !line.isBlank());
    return (ordered ? lines : lines.sorted()).map(line -> line + "\n").collect(joining());
  }

  /** Where a step has several inputs, or the schema is 1.x, the agent adds blank lines. */
  private static boolean blankLinesCount(Path folder, Value.Fields expected) {
    String file = text(expected, "document_file");
    if (!file.endsWith(".json") || file.startsWith("corpus:")) {
      return true;
    }
    try {
      Value.Fields document = json(Files.readString(folder.resolve("cases").resolve(file)));
      boolean several =
          items(document, "mainSteps").stream()
              .anyMatch(step -> step.fields().get("inputs") instanceof Value.Items);
      return !several && !text(document, "schemaVersion").startsWith("1.");
    } catch (IOException e) {
      return true; // a document that is no JSON is a case too
    }
  }

  private static String asRecorded(String output, List<Value.Fields> steps) {
    Matcher folders = OUR_FOLDER.matcher(output);
    return folders.replaceAll(
        found ->
            Matcher.quoteReplacement(
                "<orchestration>/"
                    + text(steps.get(Integer.parseInt(found.group(1))), "name")
                    + "/"));
  }

  private static boolean scriptStarted(Value.Fields step) {
    String message = text(step, "message");
    String reason = text(step, "reason");
    boolean known = !reason.equals("null") && !reason.isEmpty();
    boolean noScript =
        known
            || message.contains("Invalid format in plugin properties")
            || message.contains("fork/exec");
    return !(text(step, "status").equals("Failed") && noScript);
  }

  private static boolean has(List<Rule> rules, String field) {
    return rules.stream().anyMatch(rule -> rule.field.equals(field));
  }

  private static List<Rule> rules(Path folder) throws IOException {
    List<Rule> rules = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("differences.tsv"))) {
      String[] cells = line.split("\t", -1);
      rules.add(
          new Rule(
              Set.of(cells[0].split(" ", -1)),
              cells[1],
              cells[2],
              Stream.of(cells[3].split("\\|", -1)).map(a -> a.replace("\\n", "\n")).toList()));
    }
    return rules;
  }

  private static Map<String, Value.Fields> golden(Path folder) throws IOException {
    Map<String, Value.Fields> golden = new LinkedHashMap<>();
    try (Stream<Path> files = Files.walk(folder.resolve("golden"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
        Value.Fields content = json(Files.readString(file));
        if (readable(folder, content)) {
          golden.put(text(content, "case"), content);
        } else {
          System.out.println("conformance: no reader for " + text(content, "case"));
        }
      }
    }
    return golden;
  }

  /**
   * What the reader has no schema for is not compared; what AWS refuses is refused all the same.
   */
  private static boolean readable(Path folder, Value.Fields expected) throws IOException {
    String file = text(expected, "document_file");
    if (!file.endsWith(".json")
        || file.startsWith("corpus:")
        || !(expected.fields().get("rejected") instanceof Value.Null)) {
      return true;
    }
    Value.Fields document = json(Files.readString(folder.resolve("cases").resolve(file)));
    String version = text(document, "schemaVersion");
    return !version.startsWith("1.") || DocumentReader.SCHEMAS.contains(version);
  }

  private static Value.Fields json(String text) throws IOException {
    List<dev.holdfast.document.Problem> problems = new ArrayList<>();
    Value value =
        DocumentReader.readJson(text.getBytes(java.nio.charset.StandardCharsets.UTF_8), problems)
            .orElse(new Value.Null());
    if (value instanceof Value.Fields fields) {
      return fields;
    }
    throw new IOException("not JSON: " + problems + " " + text);
  }

  private static String text(Value.Fields fields, String name) {
    return JsonText.inText(fields.fields().getOrDefault(name, new Value.Text("")));
  }

  private static List<Value.Fields> items(Value.Fields fields, String name) {
    return fields.fields().get(name) instanceof Value.Items(var items)
        ? items.stream()
            .filter(Value.Fields.class::isInstance)
            .map(Value.Fields.class::cast)
            .toList()
        : List.of();
  }
}

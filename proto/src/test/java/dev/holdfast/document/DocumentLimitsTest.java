package dev.holdfast.document;

import static dev.holdfast.document.Texts.errors;
import static dev.holdfast.document.Texts.parameter;
import static dev.holdfast.document.Texts.q;
import static dev.holdfast.document.Texts.step;
import static dev.holdfast.document.Texts.steps;
import static dev.holdfast.document.Texts.with;
import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.task.Limits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Each limit: what reaches it passes, and what is one beyond it is refused by its name. */
final class DocumentLimitsTest {
  private static final String EMPTY = step("{\"runCommand\":[]}");

  @Test
  void bytesOfADocument() {
    String head = "{\"schemaVersion\":\"2.2\",\"mainSteps\":[" + EMPTY + "],\"description\":\"";
    int rest = DocumentLimits.MAX_BYTES - head.length() - 2;

    reaches(rest, n -> head + "x".repeat(n) + "\"}", "bytes; at most 65536 are allowed");
    assertTrue(
        errors(head + "é".repeat(rest / 2 + 1) + "\"}").getFirst().contains("at most 65536"),
        "bytes are counted, not characters");
  }

  @Test
  void whatIsFarTooLongIsNamedByItsBeginning() {
    String name = "n".repeat(30_000);

    List<String> told = errors(with("{\"" + name + "\":{\"type\":\"" + name + "\"}}", EMPTY));

    assertEquals(2, told.size());
    assertTrue(told.stream().allMatch(error -> error.length() < 300), told::toString);
    assertTrue(told.getFirst().contains("at most 63 letters"), told::getFirst);
  }

  @Test
  void listsAndMapsWithinEachOther() {
    // A document, its steps, a step, its inputs and an input are five levels.
    IntFunction<String> json =
        n ->
            steps(
                "{\"action\":\"aws:cloudWatch\",\"name\":\"a\",\"inputs\":{\"x\":"
                    + "[".repeat(n - 4)
                    + "]".repeat(n - 4)
                    + "}}");
    IntFunction<String> yaml = n -> "# YAML\n" + json.apply(n);

    reaches(DocumentLimits.MAX_DEPTH, json, "nested deeper than 20 levels");
    reaches(DocumentLimits.MAX_DEPTH, yaml, "nested deeper than 20 levels");
  }

  @Test
  void listsAndMapsWithinEachOtherInValues() {
    assertEquals(List.of(), problems("[".repeat(50) + "]".repeat(50)));
    assertTrue(
        problems("[".repeat(51) + "]".repeat(51)).getFirst().endsWith("deeper than 50 levels"));
  }

  @Test
  void stepsOfADocument() {
    reaches(
        DocumentLimits.MAX_STEPS,
        n ->
            steps(
                IntStream.range(0, n)
                    .mapToObj(i -> EMPTY.replace("only", "s" + i))
                    .toArray(String[]::new)),
        "a document of 51 steps; at most 50 are allowed");
  }

  @Test
  void inputsOfAStep() {
    reaches(
        DocumentLimits.MAX_INPUTS,
        n -> steps(step("[" + repeated("{\"runCommand\":[]}", n) + "]")),
        "a step of 51 inputs; at most 50 are allowed");
  }

  @Test
  void parametersOfADocument() {
    reaches(
        DocumentLimits.MAX_PARAMETERS,
        n ->
            with(
                IntStream.range(0, n)
                    .mapToObj(i -> "\"p" + i + "\":{\"type\":\"String\"}")
                    .collect(joining(",", "{", "}")),
                EMPTY),
        "a document of 51 parameters; at most 50 are allowed");
  }

  @Test
  void aliasesAndAnchors() {
    reaches(
        DocumentLimits.MAX_ALIASES,
        n -> "# YAML\n" + steps(step("{runCommand: [&a x" + ", *a".repeat(n) + "]}")),
        "more than 10 aliases");
    reaches(
        DocumentLimits.MAX_ANCHORS,
        n -> "# YAML\n" + steps(step("{runCommand: [" + repeated("&a x", n) + "]}")),
        "more than 100 anchors");
  }

  @Test
  void valuesOfOneText() {
    // Nine values are there besides.
    IntFunction<String> json =
        n ->
            "{\"schemaVersion\":\"2.2\",\"mainSteps\":["
                + EMPTY
                + "],\"x\":["
                + repeated("0", n)
                + "]}";

    reaches(DocumentLimits.MAX_NODES - 9, json, "more than 10000 values");
  }

  @Test
  void digitsOfANumber() {
    IntFunction<String> json =
        n -> parameter("{\"type\":\"Integer\",\"default\":" + "9".repeat(n) + "}");
    IntFunction<String> yaml = n -> "# YAML\n" + json.apply(n);

    reaches(DocumentLimits.MAX_NUMBER_LENGTH, json, "a number of more than 40 digits");
    reaches(DocumentLimits.MAX_NUMBER_LENGTH, yaml, "a number of more than 40 digits");
    assertEquals(List.of(), problems("1e39"));
    assertEquals(List.of(), problems("1e-38"));
    for (String long41 : List.of("1e40", "1e-39", "-1e39", "1e99")) {
      assertTrue(problems(long41).getFirst().endsWith("a number of more than 40 digits"), long41);
    }
  }

  @Test
  void charactersOfNames() {
    reaches(
        DocumentLimits.MAX_STEP_NAME,
        n -> steps(EMPTY.replace("only", "x".repeat(n))),
        "at most 64 letters, digits, - and _");
    reaches(
        64,
        n -> with("{\"" + "x".repeat(n) + "\":{\"type\":\"String\"}}", EMPTY),
        "a letter, then at most 63 letters, digits and underscores");
  }

  @Test
  void attemptsOfAStep() {
    for (int n : List.of(DocumentLimits.MAX_STEP_ATTEMPTS, DocumentLimits.MAX_STEP_ATTEMPTS + 1)) {
      String text = steps(EMPTY.replace("\"name\"", "\"maxAttempts\":" + n + ",\"name\""));
      assertEquals(n == 10 ? 0 : 1, Texts.warnings(text).size(), "a warning: " + n);
    }
  }

  @Test
  void charactersOfAPattern() {
    reaches(
        Limits.MAX_PATTERN_LENGTH,
        n -> parameter("{\"type\":\"String\",\"allowedPattern\":\"" + "x".repeat(n) + "\"}"),
        "the allowedPattern has 513 characters; at most 512 are allowed");
  }

  @Test
  void aPatternWrittenOut() {
    reaches(
        Limits.MAX_PATTERN_SIZE - 1,
        n -> parameter(q("{'type':'String','allowedPattern':'a{1000}b{" + (n - 1_001) + "}'}")),
        "with its repetitions written out; at most 2000 are allowed");
  }

  @Test
  void aPatternAndTheValueThatIsMatched() {
    Document document = Texts.document(parameter(q("{'type':'String','allowedPattern':'a{999}'}")));

    assertEquals(List.of(), check(document, "a".repeat(20_000)));
    assertTrue(check(document, "a".repeat(20_001)).getFirst().contains("can be at most 20000000"));
  }

  @Test
  void bytesOfAValue() {
    for (String type : List.of("String", "StringList")) {
      Document document = Texts.document(parameter("{\"type\":\"" + type + "\"}"));
      assertEquals(List.of(), check(document, "x".repeat(DocumentLimits.MAX_VALUE_BYTES)));
      assertEquals(
          List.of("'p' has 49153 bytes; at most 49152 are allowed"),
          check(document, "x".repeat(DocumentLimits.MAX_VALUE_BYTES + 1)));
      assertEquals(
          List.of("'p' has 49154 bytes; at most 49152 are allowed"),
          check(document, "é".repeat(DocumentLimits.MAX_VALUE_BYTES / 2 + 1)));
    }
    Document list = Texts.document(parameter("{\"type\":\"StringList\"}"));
    assertEquals(
        List.of("'p' has 49200 bytes; at most 49152 are allowed"),
        ParameterRules.check(
                list,
                Map.of(
                    "p",
                    new Value.Items(Collections.nCopies(100, new Value.Text("x".repeat(492))))))
            .errors(),
        "all items of a list together");
  }

  @Test
  void bytesOfAllValues() {
    Document document =
        Texts.document(with(q("{'a':{'type':'String'},'b':{'type':'String'}}"), EMPTY));
    Value half = new Value.Text("x".repeat(32 * 1024));

    assertEquals(List.of(), ParameterRules.check(document, Map.of("a", half, "b", half)).errors());
    assertEquals(
        List.of("the values have 65537 bytes; at most 65536 are allowed"),
        ParameterRules.check(
                document, Map.of("a", half, "b", new Value.Text("x".repeat(32 * 1024 + 1))))
            .errors());
  }

  @Test
  void itemsOfAList() {
    Document document = Texts.document(parameter("{\"type\":\"StringList\"}"));
    for (int n : List.of(DocumentLimits.MAX_LIST_ITEMS, DocumentLimits.MAX_LIST_ITEMS + 1)) {
      List<String> errors =
          ParameterRules.check(
                  document,
                  Map.of("p", new Value.Items(Collections.nCopies(n, new Value.Text("x")))))
              .errors();
      assertEquals(
          n == 2_000 ? List.of() : List.of("'p' has 2001 items; at most 2000 are allowed"), errors);
    }
  }

  private static void reaches(int limit, IntFunction<String> text, String message) {
    assertEquals(List.of(), errors(text.apply(limit)));
    List<String> errors = errors(text.apply(limit + 1));
    assertTrue(errors.stream().anyMatch(error -> error.contains(message)), errors.toString());
  }

  private static List<String> check(Document document, String value) {
    return ParameterRules.check(document, Map.of("p", new Value.Text(value))).errors();
  }

  private static List<String> problems(String json) {
    List<Problem> problems = new ArrayList<>();
    DocumentReader.readJson(json.getBytes(StandardCharsets.UTF_8), problems);
    return problems.stream().map(Problem::message).toList();
  }

  private static String repeated(String one, int times) {
    return String.join(",", Collections.nCopies(times, one));
  }
}

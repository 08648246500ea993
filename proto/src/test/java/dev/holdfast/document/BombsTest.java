package dev.holdfast.document;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Texts that are made to cost more than they weigh. Each is refused, and cheaply. */
final class BombsTest {
  private static final long MAX_MILLIS = 200;
  private static final long MAX_BYTES = 50L * 1024 * 1024;

  /** Machines differ, and share their cores; memory is counted exactly. */
  private static final int GENEROUS = 2;

  private static final String YAML = "schemaVersion: '2.2'\n";

  @Test
  void everyBombIsRefusedWithItsLimitForLittleTimeAndMemory() {
    Map<String, String> refused = new LinkedHashMap<>();
    Map<String, String> bombs = new LinkedHashMap<>();
    bombs.put("aliases of aliases, nine times nine", YAML + aliases(9, 9));
    refused.put("aliases of aliases, nine times nine", "more than 10 aliases");
    bombs.put("ten aliases that double", YAML + aliases(5, 2) + deep(64));
    refused.put("ten aliases that double", "nested deeper than 20 levels");
    bombs.put("an alias within its anchor", YAML + "mainSteps: &a [*a, *a, *a, *a]\n");
    refused.put("an alias within its anchor", "an alias within what it stands for");
    bombs.put("a map within itself", YAML + "parameters: &a {b: *a, c: {d: *a}}\n");
    refused.put("a map within itself", "an alias within what it stands for");
    bombs.put("1,000 levels of YAML", YAML + deep(1_000));
    refused.put("1,000 levels of YAML", "nested deeper than 20 levels");
    bombs.put("1,000 levels of indentation", YAML + indented(200));
    refused.put("1,000 levels of indentation", "nested deeper than 20 levels");
    bombs.put("10,000 anchors", anchors(10_000));
    refused.put("10,000 anchors", "more than 100 anchors");
    bombs.put("a scalar of 3 MB", YAML + "description: " + "x".repeat(3_000_000));
    refused.put("a scalar of 3 MB", "bytes; at most 65536 are allowed");
    bombs.put("a custom tag", YAML + "mainSteps: !!javax.script.ScriptEngineManager [x]\n");
    refused.put("a custom tag", "javax.script.ScriptEngineManager");
    bombs.put("a local tag", YAML + "mainSteps: !ruby/object:Gem [x]\n");
    refused.put("a local tag", "the tag !ruby/object:Gem");
    bombs.put("a duplicate key", YAML + YAML + "mainSteps: []\n");
    refused.put("a duplicate key", "the key 'schemaVersion' a second time");
    bombs.put("10,000 duplicate keys", YAML + "a: 1\n".repeat(10_000));
    refused.put("10,000 duplicate keys", "more than 10000 values");
    bombs.put("JSON 10,000 levels deep", "{\"a\":".repeat(10_000) + "1" + "}".repeat(10_000));
    refused.put("JSON 10,000 levels deep", "nested deeper than 20 levels");
    bombs.put("JSON lists 30,000 levels deep", "{\"a\":" + "[".repeat(30_000));
    refused.put("JSON lists 30,000 levels deep", "nested deeper than 20 levels");
    bombs.put("a number of a million digits", "{\"a\":" + "9".repeat(1_000_000) + "}");
    refused.put("a number of a million digits", "bytes; at most 65536 are allowed");
    bombs.put("a number of 60,000 digits", "{\"a\":" + "9".repeat(60_000) + "}");
    refused.put("a number of 60,000 digits", "a number of more than 40 digits");
    bombs.put("a number that is short and long", "{\"a\":1e999999999}");
    refused.put("a number that is short and long", "a number of more than 40 digits");
    bombs.put("the same in YAML", YAML + "a: 1e999999999\n");
    refused.put("the same in YAML", "a number of more than 40 digits");
    bombs.put(
        "5,000 unknown tokens",
        Texts.steps(Texts.step("{\"runCommand\":[\"" + "{{ abc }} ".repeat(5_000) + "\"]}")));
    refused.put("5,000 unknown tokens", "{{ abc }} names no parameter");
    bombs.put(
        "5,000 unknown tokens and 50 names",
        Texts.with(
            names(50), Texts.step("{\"runCommand\":[\"" + "{{ab}} ".repeat(5_000) + "\"]}")));
    refused.put("5,000 unknown tokens and 50 names", "{{ ab }} names no parameter");
    bombs.put(
        "60,000 blanks within braces",
        Texts.steps(Texts.step("{\"runCommand\":[\"{{" + " ".repeat(60_000) + "\"]}"), "7"));
    refused.put("60,000 blanks within braces", "a step is a map; this is a number");
    bombs.put(
        "braces only",
        Texts.steps(Texts.step("{\"runCommand\":[\"" + "{".repeat(60_000) + "\"]}"), "7"));
    refused.put("braces only", "a step is a map; this is a number");
    bombs.put("a pattern of repetitions", pattern("(((((a{30}){30}){30}){30}){30})"));
    refused.put("a pattern of repetitions", "with its repetitions written out; at most 2000");
    bombs.put("a pattern of parentheses", pattern("(".repeat(256) + ")".repeat(256)));
    refused.put("a pattern of parentheses", "");

    List<String> costly = new ArrayList<>();
    bombs.forEach(
        (name, text) -> {
          Measured measured = measured(name, () -> Texts.read(text));
          String wanted = refused.getOrDefault(name, "?");
          if (!wanted.isEmpty()) {
            assertTrue(
                measured.reading.errors().stream().anyMatch(e -> e.message().contains(wanted)),
                name + ": " + measured.reading.errors());
            assertFalse(measured.reading.document().isPresent(), name);
          }
          assertTrue(measured.reading.errors().size() <= DocumentLimits.MAX_PROBLEMS + 1, name);
          if (measured.bytes > GENEROUS * MAX_BYTES || measured.millis > GENEROUS * MAX_MILLIS) {
            costly.add(name + ": " + measured.millis + " ms, " + measured.bytes + " bytes");
          }
        });
    assertEquals(List.of(), costly);
  }

  @Test
  void valuesThatGrowWhenTheyAreFilledInCostNoMoreThanTheirBound() {
    Document document =
        Texts.document(
            Texts.with(
                "{\"p\":{\"type\":\"String\"}}",
                Texts.step("{\"runCommand\":[\"" + "{{p}}".repeat(9_000) + "x\"]}")));
    Document lines =
        Texts.document(
            Texts.with(
                "{\"p\":{\"type\":\"String\"}}",
                Texts.step("{\"runCommand\":[" + "\"{{p}}\",".repeat(5_000) + "\"x\"]}")));
    Map<String, Value> values = Map.of("p", new Value.Text("y".repeat(48_000)));

    for (Document each : List.of(document, lines)) {
      Step step = each.steps().getFirst();
      Measured measured =
          measured(
              "9,000 tokens of 48 kB",
              () -> {
                Value.Fields inputs = (Value.Fields) Substitution.inputs(step, each, values);
                String script = Scripts.text(inputs.fields()).orElseThrow();
                assertTrue(script.length() > DocumentLimits.MAX_SCRIPT_BYTES, "it can't be run");
                return Texts.read("{}");
              });
      assertTrue(measured.bytes < GENEROUS * MAX_BYTES, measured.bytes + " bytes");
    }
    assertFalse(Substitution.fits(document.steps().getFirst(), document, values));
  }

  @Test
  void wholeNumbersThatAreShortToWriteAndLongToHoldAreNone() {
    Document document = Texts.document(Texts.parameter("{\"type\":\"Integer\"}"));

    for (String number : List.of("1e999999999", "1E+50", "-1e77", "9".repeat(41), "1e-999999999")) {
      assertEquals(
          1,
          ParameterRules.check(document, Map.of("p", new Value.Text(number))).errors().size(),
          number);
    }
  }

  private record Measured(DocumentReading reading, long millis, long bytes) {}

  private static Measured measured(String name, Supplier<DocumentReading> reading) {
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    Measured best = new Measured(reading.get(), Long.MAX_VALUE, Long.MAX_VALUE);
    // What is paid once, by whoever is the first, is not the bomb's; nor is what others do
    // on this machine, so the processor's time counts.
    for (int i = 0; i < 3; i++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      long started = threads.getCurrentThreadCpuTime();
      DocumentReading read = reading.get();
      long millis = (threads.getCurrentThreadCpuTime() - started) / 1_000_000;
      long bytes = threads.getCurrentThreadAllocatedBytes() - before;
      best = new Measured(read, Math.min(best.millis, millis), Math.min(best.bytes, bytes));
    }
    System.out.printf("D01 %-36s %4d ms %6.1f MB%n", name, best.millis, best.bytes / 1e6);
    return best;
  }

  private static String aliases(int levels, int times) {
    StringBuilder text = new StringBuilder("a0: &a0 [x, x, x]\n");
    for (int level = 1; level <= levels; level++) {
      text.append("a%d: &a%d [".formatted(level, level))
          .append(("*a" + (level - 1) + ",").repeat(times))
          .append("]\n");
    }
    return text.toString();
  }

  private static String deep(int levels) {
    return "deep: " + "[".repeat(levels) + "]".repeat(levels) + "\n";
  }

  private static String indented(int levels) {
    StringBuilder text = new StringBuilder();
    for (int level = 0; level < levels; level++) {
      text.append(" ".repeat(level)).append("a:\n");
    }
    return text.toString();
  }

  private static String anchors(int count) {
    return YAML + "x: [" + "&a c,".repeat(count) + "]\n";
  }

  private static String names(int count) {
    StringBuilder names = new StringBuilder("{");
    for (int i = 0; i < count; i++) {
      names
          .append(i == 0 ? "" : ",")
          .append("\"p%02d%s\":{\"type\":\"String\"}".formatted(i, "x".repeat(60)));
    }
    return names.append("}").toString();
  }

  private static String pattern(String pattern) {
    return Texts.parameter("{\"type\":\"String\",\"allowedPattern\":\"" + pattern + "\"}");
  }

  @Test
  void bytesThatAreNoTextAreRefused() {
    byte[] broken = "schemaVersion: \u00ff".getBytes(StandardCharsets.ISO_8859_1);

    assertEquals(
        "the text is not UTF-8", DocumentReader.read(broken).errors().getFirst().message());
  }
}

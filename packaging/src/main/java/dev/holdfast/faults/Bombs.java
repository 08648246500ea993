package dev.holdfast.faults;

import io.grpc.Status;
import java.util.List;

/** Texts that are small, and large once they are read by somebody who counts nothing. */
final class Bombs {
  private static final String YAML = "schemaVersion: '2.2'\n";

  private Bombs() {}

  /**
   * One of them.
   *
   * @param code with which it is to be refused
   * @param told what the refusal has to say
   */
  record Bomb(String name, String text, Status.Code code, String told) {}

  static List<Bomb> all() {
    return List.of(
        bomb("aliases of aliases", YAML + aliases(9, 9), "more than 10 aliases"),
        bomb("ten aliases that double", YAML + aliases(5, 2) + deep(64), "deeper than 20 levels"),
        bomb("an alias within its anchor", YAML + "mainSteps: &a [*a, *a]\n", "within what"),
        bomb("a map within itself", YAML + "parameters: &a {b: *a, c: {d: *a}}\n", "within what"),
        bomb("1,000 levels of YAML", YAML + deep(1_000), "deeper than 20 levels"),
        bomb("30,000 levels of YAML", YAML + deep(30_000), "deeper than 20 levels"),
        bomb("indentation", YAML + indented(300), "deeper than 20 levels"),
        bomb("10,000 anchors", YAML + "x: [" + "&a c,".repeat(10_000) + "]\n", "100 anchors"),
        bomb("a custom tag", YAML + "x: !!javax.script.ScriptEngineManager [y]\n", "the tag "),
        bomb("a local tag", YAML + "x: !ruby/object:Gem [y]\n", "the tag !ruby/object:Gem"),
        bomb("a duplicate key", YAML + YAML + "mainSteps: []\n", "'schemaVersion' a second time"),
        bomb("10,000 duplicate keys", YAML + "a: 1\n".repeat(10_000), "more than 10000 values"),
        bomb("a scalar of 1 MB", YAML + "x: " + "y".repeat(1_000_000), "at most 65536"),
        bomb("a name of 60 KB", parameter("k".repeat(60_000), "String"), "at most 63 letters"),
        bomb(
            "a name of signs", parameter("%\u00e4".repeat(20_000), "String"), "the parameter name"),
        bomb("a type of 60 KB", parameter("p", "t".repeat(60_000)), "the type 'ttt"),
        bomb("JSON 10,000 deep", "{\"a\":".repeat(10_000) + 1 + "}".repeat(10_000), "20 levels"),
        bomb("lists 30,000 deep", "{\"a\":" + "[".repeat(30_000), "deeper than 20 levels"),
        bomb("a duplicate JSON key", document("\"schemaVersion\":\"2.2\""), "a second time"),
        bomb("a number of a million", "{\"a\":" + "9".repeat(1_000_000) + "}", "at most 65536"),
        bomb("a number of 60,000 digits", "{\"a\":" + "9".repeat(60_000) + "}", "40 digits"),
        bomb("a short number that is long", "{\"a\":1e999999999}", "40 digits"),
        bomb("the same in YAML", YAML + "a: 1e999999999\n", "40 digits"),
        bomb("10,000 numbers", "{\"a\":[" + "1e9,".repeat(12_000) + "1]}", "10000 values"),
        bomb("5,000 unknown tokens", script("{{ abc }} ".repeat(5_000)), "names no parameter"),
        bomb("many mistakes", mistakes(2_000), "and 100 more"),
        new Bomb(
            "a scalar of 3 MB",
            YAML + "x: " + "y".repeat(3_000_000),
            Status.Code.RESOURCE_EXHAUSTED,
            "1048576"));
  }

  /** A document that is right but for what is added. */
  static String document(String more) {
    return """
    {"schemaVersion":"2.2","mainSteps":[{"action":"aws:runShellScript","name":"only",
    "inputs":{"runCommand":["true"]}}],%s}
    """
        .formatted(more);
  }

  private static String parameter(String name, String type) {
    return document("\"parameters\":{\"" + name + "\":{\"type\":\"" + type + "\"}}");
  }

  private static Bomb bomb(String name, String text, String told) {
    return new Bomb(name, text, Status.Code.INVALID_ARGUMENT, told);
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

  private static String script(String line) {
    return """
    {"schemaVersion":"2.2","mainSteps":[{"action":"aws:runShellScript","name":"only",
    "inputs":{"runCommand":["%s"]}}]}
    """
        .formatted(line);
  }

  /** Steps that are none: each is a finding. */
  private static String mistakes(int count) {
    return "{\"schemaVersion\":\"2.2\",\"mainSteps\":[" + "7,".repeat(count) + "7]}";
  }
}

package dev.holdfast.agent.command;

import dev.holdfast.document.Document;
import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.JsonText;
import dev.holdfast.document.ParameterDefinition;
import dev.holdfast.document.Plugins;
import dev.holdfast.document.Step;
import dev.holdfast.document.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;

/**
 * What a document's steps come to, by rules that are written down a second time, as simply as they
 * can be: only for documents whose scripts end with ordinary exit codes.
 */
final class OtherRules {
  /** Of no document. */
  static final OtherRules NONE = new OtherRules(List.of(), Map.of(), Map.of(), "2.2");

  private final List<Step> steps;
  private final Map<String, Value> given;
  private final Map<String, Value> values;
  private final String schema;

  private OtherRules(
      List<Step> steps, Map<String, Value> given, Map<String, Value> values, String schema) {
    this.steps = steps;
    this.given = given;
    this.values = values;
    this.schema = schema;
  }

  /**
   * With a text given for each parameter that has no value of its own here. A document that can't
   * be read has no steps.
   */
  static OtherRules of(byte[] document, String text) {
    Optional<Document> found = DocumentReader.read(document).document();
    if (found.isEmpty()) {
      return NONE;
    }
    Document read = found.get();
    Map<String, Value> given = new LinkedHashMap<>();
    Map<String, Value> values = new LinkedHashMap<>();
    for (ParameterDefinition parameter : read.parameters().values()) {
      Value fallback = parameter.defaultValue().orElse(new Value.Text("{{ssm:none}}"));
      if (JsonText.inText(fallback).contains("{{ssm:")) {
        boolean list = parameter.type() == ParameterDefinition.Type.STRING_LIST;
        String chosen =
            parameter.allowedValues().isEmpty() ? text : parameter.allowedValues().getFirst();
        fallback =
            list
                ? new Value.Items(List.of(new Value.Text("echo " + chosen)))
                : new Value.Text(chosen);
        given.put(parameter.name(), fallback);
      }
      values.put(parameter.name(), fallback);
    }
    return new OtherRules(read.steps(), given, values, read.schemaVersion());
  }

  Map<String, Value> given() {
    return given;
  }

  /** The scripts of those steps that run here, in order. */
  List<String> scripts() {
    return steps.stream().filter(this::runs).map(this::script).toList();
  }

  /** What is expected of each step, when these are the ends of the scripts. */
  List<String> expected(List<Value.Fields> ends) {
    List<String> expected = new ArrayList<>();
    boolean over = false;
    int next = 0;
    for (Step step : steps) {
      boolean last = expected.size() == steps.size() - 1;
      boolean anyway = last && input(step, "finallyStep").equals("true");
      boolean shell = step.action().equals(Plugins.RUN_SHELL_SCRIPT);
      if (runs(step)) {
        Value.Fields end = ends.get(next++);
        String status = text(end).startsWith("(0)") ? "Success" : "Failed";
        expected.add(over && !anyway ? "Skipped" : status + text(end));
        over |= status.equals("Failed") && input(step, "onFailure").equals("exit");
        over |= status.equals("Success") && input(step, "onSuccess").equals("exit");
      } else {
        expected.add(shell || !holds(step) || over ? "Skipped" : "Failed");
      }
    }
    return expected;
  }

  /** The end of a script: its code, and what it wrote; where it lay does not count. */
  static String text(Value.Fields end) {
    StringBuilder text = new StringBuilder();
    text.append('(').append(field(end, "exitCode")).append(") ");
    for (String stream : List.of("stdout", "stderr")) {
      text.append(
              field(end, stream)
                  .replaceAll("/[^\\s:]*/_script\\.sh", "SCRIPT")
                  // How full a disk is changes from one moment to the next.
                  .replaceAll("\\s+[\\d.]+[KMGT%]?(?=\\s)", " #"))
          .append('|');
    }
    return text.toString();
  }

  private boolean runs(Step step) {
    return step.action().equals(Plugins.RUN_SHELL_SCRIPT) && holds(step);
  }

  private boolean holds(Step step) {
    if (step.precondition().isEmpty()) {
      return true;
    }
    if (!schema.equals("2.2")
        || !(step.precondition().get() instanceof Value.Fields(var operators))
        || !(operators.get("StringEquals") instanceof Value.Items(var both))) {
      throw new AssertionError("a precondition that these rules don't know: " + step);
    }
    String left = filled(JsonText.inText(both.get(0)));
    String right = filled(JsonText.inText(both.get(1)));
    if (left.equals("platformType") || right.equals("platformType")) {
      return (left + right).toLowerCase(Locale.ROOT).replace("platformtype", "").equals("linux");
    }
    return left.equals(right);
  }

  private String script(Step step) {
    Value inputs = step.inputs();
    if (inputs instanceof Value.Items(var items) && items.size() == 1) {
      inputs = items.getFirst();
    }
    Value lines =
        inputs instanceof Value.Fields(var fields)
            ? fields.getOrDefault("runCommand", new Value.Null())
            : new Value.Null();
    StringBuilder script = new StringBuilder();
    for (Value line : lines instanceof Value.Items(var items) ? items : List.of(lines)) {
      for (Value each : whole(line)) {
        script.append(each instanceof Value.Null ? "" : filled(JsonText.inText(each)));
        script.append('\n');
      }
    }
    return script.toString();
  }

  /** A line that is nothing but the name of a list is the lines of that. */
  private List<Value> whole(Value line) {
    for (Map.Entry<String, Value> value : values.entrySet()) {
      boolean named = JsonText.inText(line).matches("\\{\\{\\s*" + value.getKey() + "\\s*}}");
      if (named && value.getValue() instanceof Value.Items(var items)) {
        return items;
      }
    }
    return List.of(line);
  }

  private String filled(String text) {
    String filled = text;
    for (Map.Entry<String, Value> value : values.entrySet()) {
      filled =
          filled.replaceAll(
              "\\{\\{\\s*" + value.getKey() + "\\s*}}",
              Matcher.quoteReplacement(JsonText.inText(value.getValue())));
    }
    return filled;
  }

  private static String input(Step step, String name) {
    return step.inputs() instanceof Value.Fields fields ? field(fields, name) : "";
  }

  private static String field(Value.Fields fields, String name) {
    return JsonText.inText(fields.fields().getOrDefault(name, new Value.Text("")));
  }
}

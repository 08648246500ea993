package dev.holdfast.agent.step;

import dev.holdfast.agent.step.Work.Interpreter;
import dev.holdfast.agent.step.Work.Script;
import dev.holdfast.document.DocumentLimits;
import dev.holdfast.document.JsonText;
import dev.holdfast.document.Scripts;
import dev.holdfast.document.Step;
import dev.holdfast.document.Value;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code aws:runShellScript}: the lines of {@code runCommand} as a script (spec.md section 2.2).
 * {@code runAs} names the user whose rights it has; AWS knows no such input.
 */
final class ShellScript implements Plugin {
  private static final Pattern USER = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,63}\\$?");

  private final Interpreter interpreter;

  /** With what runs the script. */
  ShellScript(Interpreter interpreter) {
    this.interpreter = interpreter;
  }

  @Override
  public Work work(Step step, Value inputs, Map<String, String> environment) {
    List<Value> each =
        switch (inputs) {
          case Value.Items(var items) -> items;
          case Value.Null _ -> List.of(new Value.Fields(Map.of()));
          case Value.Fields _, Value.Text _, Value.Num _, Value.Flag _ -> List.of(inputs);
        };
    List<Script> scripts = new ArrayList<>();
    for (Value one : each) {
      if (!(one instanceof Value.Fields(var fields))) {
        return refused("inputs are a map, or a list of maps");
      }
      Optional<String> text = Scripts.text(fields);
      if (text.isEmpty()) {
        return refused("runCommand is a list of texts, once its parameters are filled in");
      }
      int bytes = text.get().getBytes(StandardCharsets.UTF_8).length;
      if (bytes > DocumentLimits.MAX_SCRIPT_BYTES) {
        return refused(
            "the script has "
                + bytes
                + " bytes once its parameters are filled in; at most "
                + DocumentLimits.MAX_SCRIPT_BYTES
                + " are allowed");
      }
      Map<String, String> variables = new TreeMap<>(environment);
      String problem = addVariables(fields.get("environment"), variables);
      if (!problem.isEmpty()) {
        return refused(problem);
      }
      Optional<String> runAs = Scripts.runAs(fields);
      if (runAs.isPresent()) {
        if (!USER.matcher(runAs.get()).matches()) {
          return refused("runAs is the name of a user of the host");
        }
        if (!overrides(fields, "HOME")) {
          variables.remove("HOME"); // that of the user takes its place
        }
      }
      scripts.add(
          new Script(
              text.get(),
              interpreter,
              variables,
              workingFolder(fields.get("workingDirectory")),
              Duration.ofSeconds(Scripts.timeoutSeconds(step.timeoutSeconds(), fields)),
              runAs));
    }
    return scripts.isEmpty() ? refused("inputs are an empty list") : new Work.Scripts(scripts);
  }

  private static String workingFolder(@Nullable Value written) {
    String text = written == null || written instanceof Value.Null ? "" : JsonText.inText(written);
    return text.indexOf('\0') < 0 ? text : "";
  }

  private static boolean overrides(Map<String, Value> fields, String variable) {
    return fields.get("environment") instanceof Value.Fields(var own) && own.containsKey(variable);
  }

  private static String addVariables(@Nullable Value written, Map<String, String> variables) {
    if (written == null || written instanceof Value.Null) {
      return "";
    }
    if (!(written instanceof Value.Fields(var fields))) {
      return "environment is a map of names to texts";
    }
    for (Map.Entry<String, Value> variable : fields.entrySet()) {
      String name = variable.getKey();
      String value;
      switch (variable.getValue()) {
        case Value.Text(var text) -> value = text;
        case Value.Null _ -> value = "";
        case Value.Num _, Value.Flag _, Value.Items _, Value.Fields _ -> {
          return "environment has the variable '" + name + "', whose value is no text";
        }
      }
      if (name.isEmpty() || name.indexOf('=') >= 0 || (name + value).indexOf('\0') >= 0) {
        return "environment has the variable '" + name.replace('\0', '?') + "', which can't be set";
      }
      variables.put(name, value);
    }
    return "";
  }

  private static Work refused(String reason) {
    return new Work.Refused("InvalidInputs: " + reason);
  }
}

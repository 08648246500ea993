package dev.holdfast.document;

import dev.holdfast.document.ParameterDefinition.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the steps of a document (spec.md sections 1.3 and 1.6). */
final class StepReader {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.: -]{1,128}");
  private static final Set<String> KEYS =
      Set.of(
          "action",
          "name",
          "inputs",
          "precondition",
          "onFailure",
          "maxAttempts",
          "timeoutSeconds",
          "settings",
          "description",
          "isEnd",
          "nextStep",
          "isCritical",
          "onCancel");
  private static final Set<String> SCRIPT_INPUTS =
      Set.of(
          "runCommand",
          "timeoutSeconds",
          "workingDirectory",
          "environment",
          "id",
          "onFailure",
          "onSuccess",
          "finallyStep",
          "commands");

  private final List<Problem> errors;
  private final List<Problem> warnings;
  private final Map<String, ParameterDefinition> parameters;

  StepReader(
      List<Problem> errors, List<Problem> warnings, Map<String, ParameterDefinition> parameters) {
    this.errors = errors;
    this.warnings = warnings;
    this.parameters = parameters;
  }

  List<Step> read(Located top, String version) {
    boolean first = version.startsWith("1.");
    String key = first ? "runtimeConfig" : "mainSteps";
    Located.Entry entry = top.fields().get(key);
    if (entry == null) {
      errors.add(
          top.problem(
              key + " is missing; a document of schema " + version + " has its steps there"));
      return List.of();
    }
    List<Step> steps = first ? runtimeConfig(entry) : mainSteps(entry);
    if (steps.size() > DocumentLimits.MAX_STEPS) {
      errors.add(
          entry
              .key()
              .problem(
                  "a document of "
                      + steps.size()
                      + " steps; at most "
                      + DocumentLimits.MAX_STEPS
                      + " are allowed"));
    }
    return steps;
  }

  private List<Step> runtimeConfig(Located.Entry entry) {
    List<Step> steps = new ArrayList<>();
    DocumentReader.fields(entry, "runtimeConfig", errors)
        .forEach(
            (action, config) -> {
              checkAction(action, config.key());
              Located.Entry properties =
                  DocumentReader.fields(config, "the plugin '" + action + "'", errors)
                      .get("properties");
              Value inputs =
                  properties == null ? new Value.Fields(Map.of()) : properties.value().value();
              if (properties != null) {
                checkTokens(properties.value());
              }
              steps.add(
                  new Step(
                      action,
                      action,
                      inputs,
                      Optional.empty(),
                      OptionalInt.empty(),
                      OptionalInt.empty(),
                      config.key().line(),
                      config.key().column()));
            });
    if (steps.isEmpty() && entry.value().value() instanceof Value.Fields) {
      errors.add(entry.key().problem("runtimeConfig has no plugin; at least one is needed"));
    }
    return steps;
  }

  private List<Step> mainSteps(Located.Entry entry) {
    if (!(entry.value().value() instanceof Value.Items)) {
      errors.add(
          entry.value().problem("mainSteps is a list of steps; this is " + entry.value().kind()));
      return List.of();
    }
    if (entry.value().items().isEmpty()) {
      errors.add(entry.key().problem("mainSteps has no step; at least one is needed"));
    }
    List<Step> steps = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Located item : entry.value().items()) {
      if (!(item.value() instanceof Value.Fields)) {
        errors.add(item.problem("a step is a map; this is " + item.kind()));
        continue;
      }
      steps.add(step(item, steps, names));
    }
    return steps;
  }

  private Step step(Located item, List<Step> earlier, Set<String> names) {
    Map<String, Located.Entry> fields = item.fields();
    fields.forEach(
        (key, field) -> {
          if (!KEYS.contains(key)) {
            warnings.add(
                field
                    .key()
                    .problem("the key '" + key + "' is not known in a step and has no effect"));
          }
        });
    Located.Entry actionEntry = fields.get("action");
    String action = text(actionEntry);
    if (actionEntry == null || action.isEmpty()) {
      errors.add(
          item.problem(
              "a step without an action; it names the plugin, like " + Plugins.RUN_SHELL_SCRIPT));
    } else {
      checkAction(action, actionEntry.value().place());
    }
    String name = name(item, earlier.size() + 1, fields.get("name"));
    if (!names.add(name)) {
      warnings.add(item.problem("a second step called '" + name + "'"));
    }
    Located.Entry inputs = fields.get("inputs");
    if (inputs != null) {
      checkTokens(inputs.value());
      checkInputs(action, inputs.value());
    }
    StateInputs.check(action, item, inputs, earlier, errors);
    Optional<Value> precondition = Optional.empty();
    Located.Entry written = fields.get("precondition");
    if (written != null && !(written.value().value() instanceof Value.Null)) {
      checkTokens(written.value());
      precondition = Optional.of(written.value().value());
    }
    return new Step(
        name,
        action,
        inputs == null ? new Value.Fields(Map.of()) : inputs.value().value(),
        precondition,
        timeout(fields.get("timeoutSeconds")),
        attempts(fields.get("maxAttempts")),
        item.place().line(),
        item.place().column());
  }

  private String name(Located item, int number, Located.@Nullable Entry written) {
    String name = text(written);
    if (name.isEmpty()) {
      warnings.add(item.problem("a step without a name; it is called step" + number));
      return "step" + number;
    }
    if (!NAME.matcher(name).matches() || name.contains("..")) {
      Located.Place place = written == null ? item.place() : written.value().place();
      errors.add(
          place.problem(
              "the step name '"
                  + name
                  + "'; allowed are at most 128 letters, digits, blanks and . : _ -, without .."));
    }
    return name;
  }

  private void checkAction(String action, Located.Place place) {
    if (Plugins.platforms(action).isPresent()) {
      return;
    }
    if (action.startsWith("state:")) {
      errors.add(
          place.problem("the action '" + action + "' is not known" + StateInputs.unknown(action)));
    } else {
      warnings.add(place.problem("the action '" + action + "' is not known; the step will fail"));
    }
  }

  private void checkInputs(String action, Located inputs) {
    if (action.equals("state:script")) {
      inputs.fields().values().forEach(field -> checkPasted(field.value()));
    }
    if (!action.equals(Plugins.RUN_SHELL_SCRIPT) && !action.equals("aws:runPowerShellScript")) {
      return;
    }
    inputs
        .fields()
        .forEach(
            (key, field) -> {
              if (!SCRIPT_INPUTS.contains(key)) {
                warnings.add(
                    field.key().problem("the input '" + key + "' is not known by " + action));
              }
              if (key.equals("runCommand")) {
                checkPasted(field.value());
              }
            });
  }

  /** A String that anybody may choose, pasted into a script, is a script that anybody may write. */
  private void checkPasted(Located located) {
    if (located.value() instanceof Value.Text(var text)) {
      for (Tokens.Token token : Tokens.in(text)) {
        ParameterDefinition definition = parameters.get(token.name());
        if (token.parameter()
            && definition != null
            && definition.type() == Type.STRING
            && !definition.environment()
            && definition.allowedPattern().isEmpty()
            && definition.allowedValues().isEmpty()) {
          warnings.add(
              located
                  .placeOf(token.text())
                  .problem(
                      "the parameter '"
                          + token.name()
                          + "' is pasted into a script as it is; give it an allowedPattern,"
                          + " allowedValues or interpolationType ENV_VAR"));
        }
      }
    }
    located.items().forEach(this::checkPasted);
  }

  private void checkTokens(Located located) {
    if (located.value() instanceof Value.Text(var text)) {
      for (Tokens.Token token : Tokens.in(text)) {
        if (token.parameter() && !parameters.containsKey(token.name())) {
          errors.add(
              located
                  .placeOf(token.text())
                  .problem(
                      "{{ "
                          + token.name()
                          + " }} names no parameter of the document; it has "
                          + (parameters.isEmpty()
                              ? "none"
                              : String.join(", ", parameters.keySet()))));
        }
      }
    }
    located.items().forEach(this::checkTokens);
    located.fields().values().forEach(field -> checkTokens(field.value()));
  }

  private OptionalInt timeout(Located.@Nullable Entry written) {
    if (written == null) {
      return OptionalInt.empty();
    }
    OptionalInt seconds = Scripts.inRange(written.value().value());
    if (seconds.isEmpty()) {
      warnings.add(
          written
              .value()
              .problem(
                  "timeoutSeconds is not a number from "
                      + Scripts.MIN_TIMEOUT_SECONDS
                      + " to "
                      + Scripts.MAX_TIMEOUT_SECONDS
                      + " and has no effect"));
    }
    return seconds;
  }

  private OptionalInt attempts(Located.@Nullable Entry written) {
    if (written == null) {
      return OptionalInt.empty();
    }
    try {
      int attempts = Integer.parseInt(text(written).strip());
      if (attempts >= 1 && attempts <= MAX_ATTEMPTS) {
        return OptionalInt.of(attempts);
      }
    } catch (NumberFormatException e) {
      // told below
    }
    warnings.add(
        written
            .value()
            .problem(
                "maxAttempts is not a number from 1 to " + MAX_ATTEMPTS + " and has no effect"));
    return OptionalInt.empty();
  }

  /** How often a step may be tried. */
  private static final int MAX_ATTEMPTS = 10;

  private static String text(Located.@Nullable Entry entry) {
    return entry == null || entry.value().value() instanceof Value.Null
        ? ""
        : JsonText.inText(entry.value().value());
  }
}

package dev.holdfast.document;

import dev.holdfast.config.Closest;
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
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9_-]{1," + DocumentLimits.MAX_STEP_NAME + "}");
  private static final Set<String> KEYS =
      Set.of(
          "action",
          "name",
          "inputs",
          "precondition",
          "maxAttempts",
          "timeoutSeconds",
          "settings",
          "description");

  /** Keys of steps of Automation documents, often found in others too. */
  private static final Set<String> OF_AUTOMATION =
      Set.of("onFailure", "isEnd", "nextStep", "isCritical", "onCancel");

  private static final Set<String> CONFIG_KEYS =
      Set.of("settings", "properties", "description", "precondition");

  private final Problems problems;
  private final Map<String, ParameterDefinition> parameters;
  private final TokenCheck tokens;
  private final InputCheck inputs;

  StepReader(Problems problems, Map<String, ParameterDefinition> parameters) {
    this.problems = problems;
    this.parameters = parameters;
    this.tokens = new TokenCheck(problems, parameters);
    this.inputs = new InputCheck(problems, parameters);
  }

  List<Step> read(Located top, Map<String, Located.Entry> fields, String version) {
    boolean known = DocumentReader.SCHEMAS.contains(version);
    boolean first = known ? version.startsWith("1.") : !fields.containsKey("mainSteps");
    String key = first ? "runtimeConfig" : "mainSteps";
    String other = first ? "mainSteps" : "runtimeConfig";
    Located.Entry entry = fields.get(key);
    Located.Entry unused = fields.get(other);
    if (unused != null && known) {
      problems.warning(
          unused
              .key()
              .problem(other + " has no effect in a document of schema version " + version));
    }
    if (entry == null && known) {
      problems.error(
          top.problem(
              key
                  + " is missing; a document of schema version "
                  + version
                  + " has its steps there"));
    }
    if (entry == null) {
      return List.of();
    }
    List<Step> steps = first ? runtimeConfig(entry) : mainSteps(entry, version);
    if (steps.size() > DocumentLimits.MAX_STEPS) {
      problems.error(
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
    Keys.fields(entry.value(), "runtimeConfig", problems)
        .forEach((action, config) -> steps.add(config(action, config)));
    if (steps.isEmpty() && entry.value().value() instanceof Value.Fields) {
      problems.error(entry.key().problem("runtimeConfig has no plugin; at least one is needed"));
    }
    return steps;
  }

  private Step config(String action, Located.Entry config) {
    checkAction(action, config.key());
    Map<String, Located.Entry> fields =
        Keys.known(config.value(), "the plugin '" + action + "'", CONFIG_KEYS, Set.of(), problems);
    Located properties = value(fields.get("properties"), config.key());
    check(action, properties, fields.get("settings"), config.key());
    return new Step(
        action,
        action,
        properties.value(),
        precondition(fields.get("precondition"), "1.2"),
        OptionalInt.empty(),
        OptionalInt.empty(),
        config.key().line(),
        config.key().column());
  }

  private List<Step> mainSteps(Located.Entry entry, String version) {
    if (!(entry.value().value() instanceof Value.Items)) {
      problems.error(
          entry.value().problem("mainSteps is a list of steps; this is " + entry.value().kind()));
      return List.of();
    }
    if (entry.value().items().isEmpty()) {
      problems.error(entry.key().problem("mainSteps has no step; at least one is needed"));
    }
    Set<String> written = new HashSet<>();
    entry.value().items().forEach(item -> written.add(text(item.fields().get("name"))));
    List<Step> steps = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Located item : entry.value().items()) {
      if (item.value() instanceof Value.Fields) {
        steps.add(step(item, steps, written, names, version));
      } else {
        problems.error(item.problem("a step is a map; this is " + item.kind()));
      }
    }
    return steps;
  }

  private Step step(
      Located item, List<Step> earlier, Set<String> written, Set<String> names, String version) {
    Map<String, Located.Entry> fields = Keys.known(item, "a step", KEYS, OF_AUTOMATION, problems);
    fields.forEach(
        (key, field) -> {
          if (OF_AUTOMATION.contains(key)) {
            problems.warning(
                field
                    .key()
                    .problem(
                        "the key '"
                            + key
                            + "' belongs to steps of Automation documents and has no effect here"
                            + (key.equals("onFailure") ? "; onFailure in 'inputs' has" : "")));
          }
        });
    Located.Entry actionEntry = fields.get("action");
    String action =
        actionEntry != null && actionEntry.value().value() instanceof Value.Text(var text)
            ? text
            : "";
    if (actionEntry == null || action.isEmpty()) {
      problems.error(
          (actionEntry == null ? item : actionEntry.value())
              .problem(
                  "a step without an action; it names the plugin, like "
                      + Plugins.RUN_SHELL_SCRIPT));
    } else {
      checkAction(action, actionEntry.value().place());
    }
    String name = name(item, ourName(earlier.size() + 1, written), fields.get("name"));
    if (!names.add(name)) {
      problems.warning(item.problem("a second step called '" + name + "'"));
    }
    Located given = value(fields.get("inputs"), item.place());
    check(action, given, fields.get("settings"), item.place());
    StateInputs.check(action, item, fields.get("inputs"), earlier, problems);
    return new Step(
        name,
        action,
        given.value(),
        precondition(fields.get("precondition"), version),
        timeout(fields.get("timeoutSeconds")),
        attempts(fields.get("maxAttempts")),
        item.place().line(),
        item.place().column());
  }

  /** A name for a step that has none: its number, and no other step's name. */
  private static String ourName(int number, Set<String> written) {
    String name = "step" + number;
    while (written.contains(name)) {
      name = name + "_";
    }
    return name;
  }

  private String name(Located item, String ourName, Located.@Nullable Entry written) {
    String name = text(written);
    if (written == null || name.isEmpty()) {
      problems.warning(item.problem("a step without a name; it is called " + ourName));
      return ourName;
    }
    if (!NAME.matcher(name).matches()) {
      problems.error(
          written
              .value()
              .problem(
                  "the step name '"
                      + Keys.shortened(name)
                      + "'; allowed are at most "
                      + DocumentLimits.MAX_STEP_NAME
                      + " letters, digits, - and _"));
    }
    return name;
  }

  private void checkAction(String action, Located.Place place) {
    if (Plugins.find(action).isPresent()) {
      return;
    }
    String problem =
        "the action '"
            + Keys.shortened(action)
            + "' is not known"
            + Closest.to(Keys.shortened(action), Plugins.known())
                .map(word -> "; is '" + word + "' meant?")
                .orElse("");
    if (action.startsWith(Plugins.STATE)) {
      problems.error(place.problem(problem));
    } else {
      problems.warning(place.problem(problem + "; the step will fail"));
    }
  }

  /**
   * Everything about what a step's plugin is given. The one place where kinds of actions part.
   *
   * @param place of the step, for what is missing in it
   */
  private void check(
      String action, Located written, Located.@Nullable Entry settings, Located.Place place) {
    tokens.inInputs(action, written);
    if (settings != null) {
      tokens.in(settings.value());
    }
    Plugins.find(action).ifPresent(plugin -> inputs.check(plugin, written, place));
  }

  private Optional<Value> precondition(Located.@Nullable Entry written, String version) {
    if (written == null || written.value().value() instanceof Value.Null) {
      return Optional.empty();
    }
    Located value = written.value();
    tokens.in(value);
    if (!version.equals("2.2")) {
      problems.warning(
          written
              .key()
              .problem("preconditions need schema version 2.2; in this one the step will fail"));
    } else if (!(value.value() instanceof Value.Fields)) {
      problems.error(
          value.problem(
              "a precondition is a map of an operator to its arguments; this is " + value.kind()));
    } else {
      value.fields().values().forEach(this::arguments);
      Preconditions.malformed(value.value(), parameters.keySet())
          .ifPresent(reason -> problems.warning(value.problem(reason + "; the step will fail")));
    }
    return Optional.of(value.value());
  }

  private void arguments(Located.Entry operator) {
    if (!(operator.value().value() instanceof Value.Items)) {
      problems.error(
          operator
              .value()
              .problem(
                  "the arguments of a precondition are a list; this is "
                      + operator.value().kind()));
    }
  }

  private OptionalInt timeout(Located.@Nullable Entry written) {
    if (written == null) {
      return OptionalInt.empty();
    }
    OptionalInt seconds = Scripts.inRange(written.value().value());
    if (seconds.isEmpty()) {
      problems.warning(
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
    String text = text(written).strip();
    if (text.matches("[0-9]{1,4}")) {
      int attempts = Integer.parseInt(text);
      if (attempts >= 1 && attempts <= DocumentLimits.MAX_STEP_ATTEMPTS) {
        return OptionalInt.of(attempts);
      }
    }
    problems.warning(
        written
            .value()
            .problem(
                "maxAttempts is not a number from 1 to "
                    + DocumentLimits.MAX_STEP_ATTEMPTS
                    + " and has no effect"));
    return OptionalInt.empty();
  }

  private static Located value(Located.@Nullable Entry entry, Located.Place otherwise) {
    return entry == null ? Located.nothing(otherwise) : entry.value();
  }

  private static String text(Located.@Nullable Entry entry) {
    return entry == null || entry.value().value() instanceof Value.Null
        ? ""
        : JsonText.inText(entry.value().value());
  }
}

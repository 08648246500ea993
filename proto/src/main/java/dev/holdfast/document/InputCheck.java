package dev.holdfast.document;

import dev.holdfast.config.Closest;
import dev.holdfast.document.ParameterDefinition.Type;
import dev.holdfast.document.PluginInput.Need;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Checks the inputs of {@code aws:} steps against the table of {@link Plugins}. What can't work is
 * an error; what has no effect, or fails only its step, a warning. Where a token stands, what is
 * known of its parameter is checked, and the rest when the run starts.
 */
final class InputCheck {
  private static final Map<String, List<String>> FLOW =
      Map.of(
          "onFailure", List.of("exit", "successAndExit"),
          "onSuccess", List.of("exit"),
          "finallyStep", List.of("true", "false"));

  /** What belongs beside the inputs and is often found in them. */
  private static final Set<String> OF_STEPS = Set.of("maxAttempts", "precondition", "description");

  private final Problems problems;
  private final Map<String, ParameterDefinition> parameters;

  InputCheck(Problems problems, Map<String, ParameterDefinition> parameters) {
    this.problems = problems;
    this.parameters = parameters;
  }

  /**
   * Checks the inputs of a step of a plugin that is known.
   *
   * @param inputs a map, or a list of maps that are performed one after another
   * @param place of the step, for what is missing
   */
  void check(Plugins.Plugin plugin, Located inputs, Located.Place place) {
    if (plugin.inputs().isEmpty() || Tokens.whole(inputs).isPresent()) {
      return;
    }
    switch (inputs.value()) {
      case Value.Fields _ -> fields(plugin, inputs, place);
      case Value.Null _ -> missing(plugin.action(), plugin.inputs().get(), Map.of(), place);
      case Value.Items _ -> {
        if (inputs.items().size() > DocumentLimits.MAX_INPUTS) {
          problems.error(
              inputs.problem(
                  "a step of "
                      + inputs.items().size()
                      + " inputs; at most "
                      + DocumentLimits.MAX_INPUTS
                      + " are allowed"));
        }
        for (Located item : inputs.items()) {
          if (item.value() instanceof Value.Fields) {
            fields(plugin, item, item.place());
          } else if (Tokens.whole(item).isEmpty()) {
            problems.error(item.problem("one of several inputs is a map; this is " + item.kind()));
          }
        }
      }
      case Value.Text _, Value.Num _, Value.Flag _ ->
          problems.error(inputs.problem("inputs are a map; this is " + inputs.kind()));
    }
  }

  private void fields(Plugins.Plugin plugin, Located inputs, Located.Place place) {
    Map<String, PluginInput> known = plugin.inputs().orElseThrow();
    inputs
        .fields()
        .forEach(
            (name, field) -> {
              if (FLOW.containsKey(name)) {
                flow(name, field.value());
              } else if (known.containsKey(name)) {
                one(known.get(name), field.value());
              } else {
                unknown(plugin.action(), known.keySet(), name, field.key());
              }
            });
    missing(plugin.action(), known, inputs.fields(), place);
    if (plugin.action().equals(Plugins.DOWNLOAD_CONTENT)) {
      source(inputs);
    }
  }

  private void missing(
      String action,
      Map<String, PluginInput> known,
      Map<String, Located.Entry> written,
      Located.Place place) {
    for (PluginInput input : known.values()) {
      Located.Entry entry = written.get(input.name());
      boolean there = entry != null && !(entry.value().value() instanceof Value.Null);
      if (there || input.need() == Need.OPTIONAL) {
        continue;
      }
      String text = action + " needs the input '" + input.name() + "', " + input.kind().text();
      if (input.need() == Need.EXPECTED) {
        problems.warning(place.problem(text + "; without it the step does nothing"));
      } else {
        wrong(input, place.problem(text));
      }
    }
  }

  private void unknown(String action, Set<String> known, String name, Located.Place place) {
    String hint =
        OF_STEPS.contains(name)
            ? "; it works beside 'inputs', not in them"
            : closest(name, known).map(word -> "; is '" + word + "' meant?").orElse("");
    problems.warning(place.problem("the input '" + name + "' is not known by " + action + hint));
  }

  private static Optional<String> closest(String name, Set<String> known) {
    String lower = name.toLowerCase(Locale.ROOT);
    return known.stream()
        .filter(word -> lower.startsWith("command") && word.equals("runCommand"))
        .findFirst()
        .or(() -> Closest.to(name, known));
  }

  private void flow(String name, Located value) {
    List<String> allowed = FLOW.getOrDefault(name, List.of());
    if (!Tokens.in(value).isEmpty() || allowed.contains(JsonText.inText(value.value()))) {
      return;
    }
    problems.warning(
        value.problem(
            name
                + " is "
                + shown(value)
                + " and has no effect; allowed are "
                + String.join(", ", allowed)));
  }

  private void one(PluginInput input, Located value) {
    if (value.value() instanceof Value.Null) {
      return; // as if it were not there
    }
    Optional<Tokens.Token> whole = Tokens.whole(value);
    if (whole.isPresent()) {
      ofParameter(input, value, whole.get());
      return;
    }
    boolean tokens = !Tokens.in(value).isEmpty();
    switch (input.kind()) {
      case TEXT -> text(input, value, tokens);
      case TRUTH -> {
        if (!tokens && !Set.of("true", "false").contains(lower(value))) {
          wrongKind(input, value);
        }
      }
      case SECONDS -> {
        if (!tokens && Scripts.inRange(value.value()).isEmpty()) {
          problems.warning(
              value.problem(
                  input.name()
                      + " is "
                      + shown(value)
                      + "; it is a number from "
                      + Scripts.MIN_TIMEOUT_SECONDS
                      + " to "
                      + Scripts.MAX_TIMEOUT_SECONDS
                      + ", and without one the timeout is "
                      + Scripts.DEFAULT_TIMEOUT_SECONDS));
        }
      }
      case TEXTS -> {
        if (value.value() instanceof Value.Items) {
          value.items().forEach(item -> element(input, item, false));
        } else if (!scalar(value)) {
          wrongKind(input, value);
        }
      }
      case SCRIPT -> {
        if (value.value() instanceof Value.Items) {
          value.items().forEach(item -> element(input, item, true));
        } else {
          wrongKind(input, value);
        }
      }
      case VARIABLES -> variables(input, value);
      case MAP -> {
        if (!(value.value() instanceof Value.Fields) && !(value.value() instanceof Value.Text)) {
          wrongKind(input, value);
        }
      }
      case ANYTHING -> {}
    }
  }

  private void text(PluginInput input, Located value, boolean tokens) {
    if (!scalar(value)) {
      wrongKind(input, value);
    } else if (!tokens
        && !input.allowed().isEmpty()
        && !input.allowed().contains(JsonText.inText(value.value()))) {
      wrong(
          input,
          value.problem(
              input.name()
                  + " is "
                  + shown(value)
                  + "; allowed are "
                  + String.join(", ", input.allowed())));
    }
  }

  /** An item of a list of texts; those of a script are told apart from what a shell can't run. */
  private void element(PluginInput input, Located item, boolean script) {
    Optional<Type> type = Tokens.whole(item).flatMap(this::type);
    boolean fits =
        type.isPresent()
            ? type.get() == Type.STRING
                || type.get() == Type.STRING_LIST
                || (!script && type.get() == Type.INTEGER)
            : switch (item.value()) {
              case Value.Text _ -> true;
              case Value.Null _ -> true;
              case Value.Num _, Value.Flag _ -> !script;
              case Value.Items _ -> script && item.items().stream().allMatch(InputCheck::line);
              case Value.Fields _ -> false;
            };
    if (!fits) {
      wrong(
          input,
          item.problem(
              "an item of "
                  + input.name()
                  + " is "
                  + type.map(t -> "a parameter of type " + t.text()).orElse(item.kind())
                  + "; allowed is text"
                  + (scalar(item) && type.isEmpty() ? " (put it in quotes)" : "")));
    }
  }

  private static boolean line(Located item) {
    return item.value() instanceof Value.Text || item.value() instanceof Value.Null;
  }

  private void variables(PluginInput input, Located value) {
    if (!(value.value() instanceof Value.Fields)) {
      wrongKind(input, value);
      return;
    }
    value
        .fields()
        .forEach(
            (name, field) -> {
              if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
                wrong(input, field.key().problem("'" + name + "' can't name a variable"));
              }
              if (!line(field.value())) {
                wrong(
                    input,
                    field
                        .value()
                        .problem(
                            "the variable '"
                                + name
                                + "' of "
                                + input.name()
                                + " is "
                                + field.value().kind()
                                + "; allowed is text (put it in quotes)"));
              }
            });
  }

  private void ofParameter(PluginInput input, Located value, Tokens.Token token) {
    Optional<Type> type = type(token);
    if (type.isEmpty()) {
      return;
    }
    boolean fits =
        switch (input.kind()) {
          case TEXT, SECONDS ->
              Set.of(Type.STRING, Type.INTEGER, Type.BOOLEAN).contains(type.get());
          case TRUTH -> Set.of(Type.STRING, Type.BOOLEAN).contains(type.get());
          case TEXTS, SCRIPT -> Set.of(Type.STRING, Type.STRING_LIST).contains(type.get());
          case VARIABLES -> type.get() == Type.STRING_MAP;
          case MAP -> Set.of(Type.STRING, Type.STRING_MAP).contains(type.get());
          case ANYTHING -> true;
        };
    if (!fits) {
      wrong(
          input,
          value.problem(
              input.name()
                  + " is "
                  + input.kind().text()
                  + "; the parameter '"
                  + token.name()
                  + "' is of type "
                  + type.get().text()));
    }
  }

  private void source(Located inputs) {
    Located.Entry type = inputs.fields().get("sourceType");
    Located.Entry info = inputs.fields().get("sourceInfo");
    if (type == null || info == null || !(info.value().value() instanceof Value.Fields)) {
      return;
    }
    String name = JsonText.inText(type.value().value());
    Plugins.source(name)
        .ifPresent(
            known -> {
              Located written = info.value();
              Map<String, Located.Entry> fields = new LinkedHashMap<>(written.fields());
              fields.forEach(
                  (key, field) -> {
                    PluginInput input = known.get(key);
                    if (input == null) {
                      unknown("a source of " + name, known.keySet(), key, field.key());
                    } else {
                      one(input, field.value());
                    }
                  });
              missing("a source of " + name, known, fields, written.place());
            });
  }

  private Optional<Type> type(Tokens.Token token) {
    return token.parameter()
        ? Optional.ofNullable(parameters.get(token.name())).map(ParameterDefinition::type)
        : Optional.empty();
  }

  private void wrongKind(PluginInput input, Located value) {
    wrong(
        input,
        value.problem(input.name() + " is " + input.kind().text() + "; this is " + shown(value)));
  }

  private void wrong(PluginInput input, Problem problem) {
    if (input.failsStep()) {
      problems.warning(
          new Problem(
              problem.line(), problem.column(), problem.message() + "; the step will fail"));
    } else {
      problems.error(problem);
    }
  }

  private static boolean scalar(Located value) {
    return switch (value.value()) {
      case Value.Text _, Value.Num _, Value.Flag _ -> true;
      case Value.Null _, Value.Items _, Value.Fields _ -> false;
    };
  }

  private static String lower(Located value) {
    return JsonText.inText(value.value()).strip().toLowerCase(Locale.ROOT);
  }

  private static String shown(Located value) {
    String text = JsonText.inText(value.value());
    return scalar(value) && text.length() <= 60 ? "'" + text + "'" : value.kind();
  }
}

package dev.holdfast.document;

import dev.holdfast.config.Closest;
import dev.holdfast.document.ParameterDefinition.Type;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Checks what the tokens in a document's texts name, and where they stand. */
final class TokenCheck {
  private static final int NAMED = 10;

  private final Problems problems;
  private final Map<String, ParameterDefinition> parameters;

  TokenCheck(Problems problems, Map<String, ParameterDefinition> parameters) {
    this.problems = problems;
    this.parameters = parameters;
  }

  /** Unknown names, anywhere below. */
  void in(Located located) {
    for (Tokens.Placed placed : Tokens.placed(located)) {
      if (placed.token().parameter() && !parameters.containsKey(placed.token().name())) {
        unknown(placed);
      }
    }
    located.items().forEach(this::in);
    located.fields().values().forEach(field -> in(field.value()));
  }

  /** Unknown names, what is pasted into scripts, and secrets where none is filled in. */
  void inInputs(String action, Located inputs) {
    in(inputs);
    if (inputs.value() instanceof Value.Items) {
      inputs.items().forEach(item -> inFields(action, item));
    } else {
      inFields(action, inputs);
    }
  }

  private void inFields(String action, Located inputs) {
    Set<String> scripts = Plugins.find(action).map(Plugins.Plugin::scripts).orElse(Set.of());
    inputs
        .fields()
        .forEach(
            (name, field) -> {
              if (scripts.contains(name)) {
                inScript(field.value());
              } else if (!SecretPlaces.mayStand(action, name)) {
                noSecret(field.value());
              }
            });
  }

  /** A String that anybody may choose, pasted into a script, is a script that anybody may write. */
  private void inScript(Located located) {
    for (Tokens.Placed placed : Tokens.placed(located)) {
      Tokens.Token token = placed.token();
      if (token.secret()) {
        problems.warning(
            placed
                .place()
                .problem(
                    token.text()
                        + " is not filled in here and stays as it is; a secret reaches a script as"
                        + " the value of a parameter with interpolationType ENV_VAR"));
      } else if (token.parameter() && pasted(token.name())) {
        problems.warning(
            placed
                .place()
                .problem(
                    "the parameter '"
                        + token.name()
                        + "' is pasted into a script as it is; give it an allowedPattern,"
                        + " allowedValues or interpolationType ENV_VAR"));
      }
    }
    located.items().forEach(this::inScript);
  }

  private boolean pasted(String name) {
    ParameterDefinition definition = parameters.get(name);
    return definition != null
        && definition.type() == Type.STRING
        && !definition.environment()
        && definition.allowedPattern().filter(pattern -> !pattern.isEmpty()).isEmpty()
        && definition.allowedValues().isEmpty();
  }

  private void noSecret(Located located) {
    for (Tokens.Placed placed : Tokens.placed(located)) {
      if (placed.token().secret()) {
        problems.error(placed.place().problem(placed.token().text() + SecretPlaces.ONLY_THERE));
      }
    }
    located.items().forEach(this::noSecret);
    located.fields().values().forEach(field -> noSecret(field.value()));
  }

  private void unknown(Tokens.Placed placed) {
    if (problems.full()) {
      problems.error(placed.place().problem(""));
      return;
    }
    String name = placed.token().name();
    String hint =
        Closest.to(name, parameters.keySet())
            .map(word -> "; is '" + word + "' meant?")
            .orElse("; it has " + known());
    problems.error(
        placed.place().problem("{{ " + name + " }} names no parameter of the document" + hint));
  }

  private String known() {
    if (parameters.isEmpty()) {
      return "none";
    }
    int more = parameters.size() - NAMED;
    return parameters.keySet().stream().limit(NAMED).collect(Collectors.joining(", "))
        + (more > 0 ? " and " + more + " more" : "");
  }
}

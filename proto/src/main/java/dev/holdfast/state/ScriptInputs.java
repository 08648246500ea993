package dev.holdfast.state;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code state:script}. */
final class ScriptInputs {
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private ScriptInputs() {}

  static Optional<Resource> read(Inputs inputs) {
    if (!inputs.has("check")) {
      inputs.error(
          "check",
          "state:script needs the input 'check', a script that ends with 0 if all is as it should"
              + " be and with 1 if it differs");
    }
    String check = inputs.script("check").orElse("");
    if (inputs.has("check") && check.isBlank() && !inputs.open()) {
      inputs.error("check", "'check' is empty: it would always be right");
    }
    Optional<String> apply = inputs.script("apply");
    Map<String, String> environment = inputs.map("environment");
    environment
        .keySet()
        .forEach(
            name -> {
              if (!VARIABLE.matcher(name).matches()) {
                inputs.error("environment", "'" + name + "' can't be the name of a variable");
              }
            });
    return Optional.of(new Script(check, apply, environment, inputs.path("workingDirectory")));
  }
}

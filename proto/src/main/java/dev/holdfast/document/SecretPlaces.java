package dev.holdfast.document;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where {@code {{ssm-secure:NAME}}} may stand in a document: in {@code sourceInfo} of {@code
 * aws:downloadContent}, and in the defaults of parameters that reach nothing else or are handed
 * over as environment variables (spec.md section 1.5). Anywhere else a secret would end up in a
 * script or an argument list.
 */
final class SecretPlaces {
  static final String ONLY_THERE =
      " can't stand here; a secret may be the value of a parameter with interpolationType ENV_VAR,"
          + " or stand in sourceInfo of aws:downloadContent";

  private static final String SOURCE_INFO = "sourceInfo";

  private SecretPlaces() {}

  /** Whether an input may hold secrets. */
  static boolean mayStand(String action, String input) {
    return action.equals(Plugins.DOWNLOAD_CONTENT) && input.equals(SOURCE_INFO);
  }

  /** Whether a secret is named anywhere in the tree. */
  static boolean isIn(Value tree) {
    return tokens(tree).anyMatch(Tokens.Token::secret);
  }

  /**
   * The parameters whose values and defaults may refer to secrets: those that are handed over as
   * environment variables, and those that are used in {@code sourceInfo} of downloads and nowhere
   * else.
   */
  static Set<String> carriers(Map<String, ParameterDefinition> parameters, List<Step> steps) {
    Set<String> inSources = new HashSet<>();
    Set<String> elsewhere = new HashSet<>();
    for (Step step : steps) {
      step.precondition().ifPresent(precondition -> elsewhere.addAll(named(precondition)));
      for (Value inputs :
          step.inputs() instanceof Value.Items(var items) ? items : List.of(step.inputs())) {
        if (inputs instanceof Value.Fields(var fields)) {
          fields.forEach(
              (name, value) ->
                  (mayStand(step.action(), name) ? inSources : elsewhere).addAll(named(value)));
        } else {
          elsewhere.addAll(named(inputs));
        }
      }
    }
    inSources.removeAll(elsewhere);
    return parameters.values().stream()
        .filter(definition -> definition.environment() || inSources.contains(definition.name()))
        .map(ParameterDefinition::name)
        .collect(Collectors.toSet());
  }

  private static Set<String> named(Value tree) {
    return tokens(tree)
        .filter(Tokens.Token::parameter)
        .map(Tokens.Token::name)
        .collect(Collectors.toSet());
  }

  private static Stream<Tokens.Token> tokens(Value tree) {
    return switch (tree) {
      case Value.Text(var text) -> Tokens.in(text).stream();
      case Value.Items(var items) -> items.stream().flatMap(SecretPlaces::tokens);
      case Value.Fields(var fields) -> fields.values().stream().flatMap(SecretPlaces::tokens);
      case Value.Null _, Value.Num _, Value.Flag _ -> Stream.empty();
    };
  }
}

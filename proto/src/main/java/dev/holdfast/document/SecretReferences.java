package dev.holdfast.document;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where {@code {{ssm-secure:NAME}}} may stand: in {@code sourceInfo} of {@code aws:downloadContent}
 * and in parameters that reach nothing else or are handed over as environment variables (spec.md
 * section 1.5). Anywhere else a secret would end up in a script or an argument list.
 */
public final class SecretReferences {
  static final String ONLY_THERE =
      " can't stand here; a secret may be the value of a parameter with interpolationType ENV_VAR,"
          + " or stand in sourceInfo of aws:downloadContent";

  private static final String SOURCE_INFO = "sourceInfo";

  private SecretReferences() {}

  /** The names of the secrets that the tree refers to, with their {@code :version}. */
  public static Set<String> names(Value tree) {
    Set<String> names = new TreeSet<>();
    Substitution.tokens(
        tree,
        token -> {
          if (token.secret()) {
            names.add(token.name());
          }
        });
    return names;
  }

  /**
   * The parameters whose values and defaults may refer to secrets: those that are handed over as
   * environment variables, and those that are used in {@code sourceInfo} of downloads and nowhere
   * else.
   */
  public static Set<String> carriers(Document document) {
    return carriers(document.parameters(), document.steps());
  }

  static Set<String> carriers(Map<String, ParameterDefinition> parameters, List<Step> steps) {
    Set<String> inSources = new HashSet<>();
    Set<String> elsewhere = new HashSet<>();
    for (Step step : steps) {
      step.precondition().ifPresent(precondition -> named(precondition, elsewhere));
      for (Value inputs :
          step.inputs() instanceof Value.Items(var items) ? items : List.of(step.inputs())) {
        if (inputs instanceof Value.Fields(var fields)) {
          fields.forEach(
              (name, value) -> named(value, mayStand(step.action(), name) ? inSources : elsewhere));
        } else {
          named(inputs, elsewhere);
        }
      }
    }
    inSources.removeAll(elsewhere);
    Set<String> carriers = new TreeSet<>();
    parameters
        .values()
        .forEach(
            definition -> {
              if (definition.environment() || inSources.contains(definition.name())) {
                carriers.add(definition.name());
              }
            });
    return carriers;
  }

  static boolean mayStand(String action, String input) {
    return action.equals(Plugins.DOWNLOAD_CONTENT) && input.equals(SOURCE_INFO);
  }

  private static void named(Value tree, Set<String> names) {
    Substitution.tokens(
        tree,
        token -> {
          if (token.parameter()) {
            names.add(token.name());
          }
        });
  }
}

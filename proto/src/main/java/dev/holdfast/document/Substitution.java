package dev.holdfast.document;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Puts values where their tokens stand (spec.md section 1.5). A text that is one token and nothing
 * else becomes the value with its type; tokens within other text become text. One pass, on the
 * parsed tree: what a value contains is never looked at again. Tokens that name no value stay as
 * they are. {@code $$} is left alone.
 */
public final class Substitution {
  private static final String SCRIPT_INPUT = "runCommand";

  private Substitution() {}

  /** How many characters values may still add within texts; behind that, tokens stay. */
  private static final class Budget {
    private int left = DocumentLimits.MAX_SUBSTITUTED_CHARS;
    private boolean exceeded;

    boolean take(String text) {
      exceeded |= text.length() > left;
      left -= exceeded ? 0 : text.length();
      return !exceeded;
    }
  }

  /** The tree with values in place of tokens; keys of maps stay as they are. */
  public static Value apply(Value tree, Map<String, Value> values) {
    return apply(tree, values, new Budget());
  }

  private static Value apply(Value tree, Map<String, Value> values, Budget budget) {
    return map(tree, text -> substituted(text, values, budget));
  }

  /**
   * Whether the values fit into the inputs of a step. They may add {@link
   * DocumentLimits#MAX_SUBSTITUTED_CHARS} characters to the texts of each of its inputs; where they
   * would add more, {@link #inputs} leaves tokens as they are, and the step must not be performed.
   */
  public static boolean fits(Step step, Document document, Map<String, Value> values) {
    List<Budget> budgets = new ArrayList<>();
    inputs(step, document, values, budgets);
    return budgets.stream().noneMatch(budget -> budget.exceeded);
  }

  /**
   * The inputs of a step. Parameters that declare {@code interpolationType: ENV_VAR} are not pasted
   * into a script: there their token becomes a reference to the environment variable that carries
   * the value.
   */
  public static Value inputs(Step step, Document document, Map<String, Value> values) {
    return inputs(step, document, values, new ArrayList<>());
  }

  private static Value inputs(
      Step step, Document document, Map<String, Value> values, List<Budget> budgets) {
    Map<String, Value> inScripts = new LinkedHashMap<>(values);
    boolean powerShell =
        step.action().equals("aws:runPowerShellScript") || step.action().equals("aws:psModule");
    document.parameters().values().stream()
        .filter(ParameterDefinition::environment)
        .forEach(
            definition ->
                inScripts.put(
                    definition.name(),
                    new Value.Text(
                        powerShell
                            ? "${env:" + variable(definition.name()) + "}"
                            : "${" + variable(definition.name()) + "}")));
    return switch (step.inputs()) {
      case Value.Fields(var fields) -> ofFields(fields, values, inScripts, budgets);
      case Value.Items(var items) ->
          new Value.Items(
              items.stream()
                  .map(
                      item ->
                          item instanceof Value.Fields(var fields)
                              ? ofFields(fields, values, inScripts, budgets)
                              : apply(item, values))
                  .toList());
      case Value other -> apply(other, values);
    };
  }

  /**
   * The environment variables of the parameters that declare {@code ENV_VAR}: {@code SSM_<name>} to
   * the value as text.
   */
  public static Map<String, String> environment(Document document, Map<String, Value> values) {
    Map<String, String> environment = new TreeMap<>();
    for (ParameterDefinition definition : document.parameters().values()) {
      Value value = values.get(definition.name());
      if (definition.environment() && value != null) {
        environment.put(variable(definition.name()), JsonText.inText(value));
      }
    }
    return environment;
  }

  /**
   * The names of stored parameters that the tree refers to by {@code {{ssm:NAME}}}, with their
   * {@code :version}.
   */
  public static Set<String> references(Value tree) {
    Set<String> names = new TreeSet<>();
    map(
        tree,
        text -> {
          for (Tokens.Token token : Tokens.in(text)) {
            if (token.prefix().equals("ssm")) {
              names.add(token.name());
            }
          }
          return new Value.Text(text);
        });
    return names;
  }

  /**
   * The tree with the values of stored parameters in place of {@code {{ssm:NAME}}}; those not given
   * stay.
   */
  public static Value resolve(Value tree, Map<String, String> stored) {
    return map(
        tree,
        text -> {
          StringBuilder out = new StringBuilder();
          int done = 0;
          for (Tokens.Token token : Tokens.in(text)) {
            String value = token.prefix().equals("ssm") ? stored.get(token.name()) : null;
            if (value != null) {
              out.append(text, done, token.start()).append(value);
              done = token.end();
            }
          }
          return new Value.Text(out.append(text, done, text.length()).toString());
        });
  }

  private static Value ofFields(
      Map<String, Value> fields,
      Map<String, Value> values,
      Map<String, Value> inScripts,
      List<Budget> budgets) {
    Budget budget = new Budget();
    budgets.add(budget);
    Map<String, Value> result = new LinkedHashMap<>();
    fields.forEach(
        (name, value) ->
            result.put(name, apply(value, name.equals(SCRIPT_INPUT) ? inScripts : values, budget)));
    return new Value.Fields(result);
  }

  private static String variable(String parameter) {
    return "SSM_" + parameter;
  }

  private static Value map(Value tree, Function<String, Value> ofText) {
    return switch (tree) {
      case Value.Text(var text) -> ofText.apply(text);
      case Value.Items(var items) -> {
        List<Value> mapped = new ArrayList<>();
        items.forEach(item -> mapped.add(map(item, ofText)));
        yield new Value.Items(mapped);
      }
      case Value.Fields(var fields) -> {
        Map<String, Value> mapped = new LinkedHashMap<>();
        fields.forEach((name, value) -> mapped.put(name, map(value, ofText)));
        yield new Value.Fields(mapped);
      }
      case Value.Null _, Value.Num _, Value.Flag _ -> tree;
    };
  }

  private static Value substituted(String text, Map<String, Value> values, Budget budget) {
    Value whole =
        Tokens.whole(text)
            .filter(Tokens.Token::parameter)
            .map(t -> values.get(t.name()))
            .orElse(null);
    if (whole != null) {
      return whole;
    }
    StringBuilder out = new StringBuilder();
    int done = 0;
    for (Tokens.Token token : Tokens.in(text)) {
      Value value = token.parameter() ? values.get(token.name()) : null;
      String pasted = value == null ? "" : JsonText.inText(value);
      if (value != null && budget.take(pasted)) {
        out.append(text, done, token.start()).append(pasted);
        done = token.end();
      }
    }
    return new Value.Text(out.append(text, done, text.length()).toString());
  }
}

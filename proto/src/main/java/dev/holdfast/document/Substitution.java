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
 * they are. {@code $$} is left alone. What the document's own text refers to by {@code
 * {{ssm:NAME}}} is among the values under {@code ssm:NAME}.
 */
public final class Substitution {
  /** With this before its name, the value of a stored parameter stands among a run's values. */
  public static final String STORED = "ssm:";

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
    Set<String> scripts = Plugins.find(step.action()).map(Plugins.Plugin::scripts).orElse(Set.of());
    return switch (step.inputs()) {
      case Value.Fields(var fields) -> ofFields(fields, scripts, values, inScripts, budgets);
      case Value.Items(var items) ->
          new Value.Items(
              items.stream()
                  .map(
                      item ->
                          item instanceof Value.Fields(var fields)
                              ? ofFields(fields, scripts, values, inScripts, budgets)
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
    return names(tree, "ssm");
  }

  /** What the tree refers to by {@code {{PREFIX:NAME}}}. */
  static Set<String> names(Value tree, String prefix) {
    Set<String> names = new TreeSet<>();
    map(
        tree,
        text -> {
          for (Tokens.Token token : Tokens.in(text)) {
            if (token.prefix().equals(prefix)) {
              names.add(token.name());
            }
          }
          return new Value.Text(text);
        });
    return names;
  }

  /**
   * The tree with the values of stored parameters in place of {@code {{ssm:NAME}}}; those not given
   * stay. A text that is one reference and nothing else becomes the value with its type, and a list
   * that takes the place of an item of a list goes up in that one; within other text a list is its
   * items with commas between (spec.md section 1.5).
   *
   * @param stored texts, and lists of texts, by name
   */
  public static Value resolve(Value tree, Map<String, Value> stored) {
    Map<String, Value> values = new LinkedHashMap<>();
    stored.forEach((name, value) -> values.put(STORED + name, value));
    return resolved(tree, values, new Budget());
  }

  private static Value resolved(Value tree, Map<String, Value> values, Budget budget) {
    return switch (tree) {
      case Value.Items(var items) -> {
        List<Value> all = new ArrayList<>();
        for (Value item : items) {
          Value value = resolved(item, values, budget);
          if (item instanceof Value.Text && value instanceof Value.Items(var several)) {
            all.addAll(several);
          } else {
            all.add(value);
          }
        }
        yield new Value.Items(all);
      }
      case Value.Fields(var fields) -> {
        Map<String, Value> all = new LinkedHashMap<>();
        fields.forEach((name, value) -> all.put(name, resolved(value, values, budget)));
        yield new Value.Fields(all);
      }
      case Value.Text(var text) -> substituted(text, values, budget);
      case Value.Null _, Value.Num _, Value.Flag _ -> tree;
    };
  }

  private static Value ofFields(
      Map<String, Value> fields,
      Set<String> scripts,
      Map<String, Value> values,
      Map<String, Value> inScripts,
      List<Budget> budgets) {
    Budget budget = new Budget();
    budgets.add(budget);
    Map<String, Value> result = new LinkedHashMap<>();
    fields.forEach(
        (name, value) ->
            result.put(name, apply(value, scripts.contains(name) ? inScripts : values, budget)));
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
    Value whole = Tokens.whole(text).map(token -> values.get(key(token))).orElse(null);
    if (whole != null) {
      return whole;
    }
    StringBuilder out = new StringBuilder();
    int done = 0;
    for (Tokens.Token token : Tokens.in(text)) {
      Value value = values.get(key(token));
      String pasted = value == null ? "" : inText(token, value);
      if (value != null && budget.take(pasted)) {
        out.append(text, done, token.start()).append(pasted);
        done = token.end();
      }
    }
    return new Value.Text(out.append(text, done, text.length()).toString());
  }

  /** Under which name the value of a token is given. */
  private static String key(Tokens.Token token) {
    return token.parameter() ? token.name() : token.prefix() + ":" + token.name();
  }

  private static String inText(Tokens.Token token, Value value) {
    return !token.parameter() && value instanceof Value.Items(var items)
        ? String.join(",", items.stream().map(JsonText::inText).toList())
        : JsonText.inText(value);
  }
}

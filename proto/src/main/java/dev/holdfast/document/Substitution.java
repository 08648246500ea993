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
  private static final Set<String> SCRIPT_INPUTS = Set.of("runCommand");
  private static final Set<String> STATE_SCRIPT_INPUTS = Set.of("check", "apply");

  private Substitution() {}

  /** The tree with values in place of tokens; keys of maps stay as they are. */
  public static Value apply(Value tree, Map<String, Value> values) {
    return map(tree, text -> substituted(text, values));
  }

  /**
   * The inputs of a step. Parameters that declare {@code interpolationType: ENV_VAR} are not pasted
   * into a script: there their token becomes a reference to the environment variable that carries
   * the value.
   */
  public static Value inputs(Step step, Document document, Map<String, Value> values) {
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
    Set<String> scripts =
        step.action().equals("state:script") ? STATE_SCRIPT_INPUTS : SCRIPT_INPUTS;
    return switch (step.inputs()) {
      case Value.Fields(var fields) -> ofFields(fields, scripts, values, inScripts);
      case Value.Items(var items) ->
          new Value.Items(
              items.stream()
                  .map(
                      item ->
                          item instanceof Value.Fields(var fields)
                              ? ofFields(fields, scripts, values, inScripts)
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
      Set<String> scripts,
      Map<String, Value> values,
      Map<String, Value> inScripts) {
    Map<String, Value> result = new LinkedHashMap<>();
    fields.forEach(
        (name, value) ->
            result.put(name, apply(value, scripts.contains(name) ? inScripts : values)));
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

  private static Value substituted(String text, Map<String, Value> values) {
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
      if (value != null) {
        out.append(text, done, token.start()).append(JsonText.inText(value));
        done = token.end();
      }
    }
    return new Value.Text(out.append(text, done, text.length()).toString());
  }
}

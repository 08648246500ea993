package dev.holdfast.document;

import dev.holdfast.state.Finding;
import dev.holdfast.state.StateReader;
import dev.holdfast.state.StateReading;
import dev.holdfast.state.Written;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Hands the inputs of {@code state:} steps to their reader. */
public final class StateInputs {
  private StateInputs() {}

  /** Whether an action describes a state. */
  public static boolean describes(String action) {
    return StateReader.actions().contains(action);
  }

  /**
   * What the inputs of a step describe, once their tokens are filled in.
   *
   * @param action one that {@link #describes} a state
   */
  public static StateReading read(String action, Value inputs) {
    return StateReader.read(action, written(inputs));
  }

  /**
   * Whether the content that a step describes comes from a secret: from a parameter that is handed
   * over as a variable, or straight from the store of secrets. Such content is shown nowhere.
   *
   * @param variables names of the parameters that are handed over as variables
   */
  public static boolean secret(Step step, Set<String> variables) {
    return step.inputs() instanceof Value.Fields(var fields)
        && List.of("content", "block", "line").stream()
            .map(key -> fields.getOrDefault(key, new Value.Null()))
            .anyMatch(
                value ->
                    value instanceof Value.Text(var text)
                        && Tokens.in(text).stream()
                            .anyMatch(
                                token ->
                                    token.prefix().equals("ssm-secure")
                                        || (token.parameter()
                                            && variables.contains(token.name()))));
  }

  /**
   * Checks the inputs of a step as they stand in a document; does nothing for an action of another
   * kind.
   *
   * @param step where the step begins
   * @param inputs none if the step has none
   * @param earlier the steps before it
   */
  static void check(
      String action,
      Located step,
      Located.@Nullable Entry inputs,
      List<Step> earlier,
      Problems problems) {
    if (!describes(action)) {
      return;
    }
    Written written =
        inputs == null
            ? new Written(
                step.place().line(),
                step.place().column(),
                Written.Kind.MAP,
                "",
                false,
                Map.of(),
                List.of())
            : written(inputs.value());
    List<Finding> findings = new ArrayList<>(StateReader.read(action, written).errors());
    findings.addAll(
        StateReader.unknownSteps(
            written,
            Set.copyOf(
                earlier.stream()
                    .filter(before -> describes(before.action()))
                    .map(Step::name)
                    .toList())));
    findings.forEach(
        finding ->
            problems.error(new Problem(finding.line(), finding.column(), finding.message())));
  }

  private static Written written(Located located) {
    Map<String, Written.Entry> fields = new LinkedHashMap<>();
    located
        .fields()
        .forEach(
            (name, entry) ->
                fields.put(
                    name,
                    new Written.Entry(
                        entry.key().line(), entry.key().column(), written(entry.value()))));
    return new Written(
        located.place().line(),
        located.place().column(),
        kind(located.value()),
        text(located.value()),
        located.value() instanceof Value.Text(var text) && !Tokens.in(text).isEmpty(),
        fields,
        located.items().stream().map(StateInputs::written).toList());
  }

  private static Written written(Value value) {
    Map<String, Written.Entry> fields = new LinkedHashMap<>();
    if (value instanceof Value.Fields(var named)) {
      named.forEach((name, field) -> fields.put(name, new Written.Entry(0, 0, written(field))));
    }
    List<Written> items =
        value instanceof Value.Items(var each)
            ? each.stream().map(StateInputs::written).toList()
            : List.of();
    return new Written(0, 0, kind(value), text(value), false, fields, items);
  }

  private static Written.Kind kind(Value value) {
    return switch (value) {
      case Value.Null _ -> Written.Kind.NOTHING;
      case Value.Text _ -> Written.Kind.TEXT;
      case Value.Num _ -> Written.Kind.NUMBER;
      case Value.Flag _ -> Written.Kind.FLAG;
      case Value.Items _ -> Written.Kind.LIST;
      case Value.Fields _ -> Written.Kind.MAP;
    };
  }

  private static String text(Value value) {
    return switch (value) {
      case Value.Text _, Value.Num _, Value.Flag _ -> JsonText.inText(value);
      case Value.Null _, Value.Items _, Value.Fields _ -> "";
    };
  }
}

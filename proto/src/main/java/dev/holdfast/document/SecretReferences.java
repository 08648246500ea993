package dev.holdfast.document;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What refers to SecureStrings by {@code {{ssm-secure:NAME}}} or {@code
 * {{ssm-secure:NAME:VERSION}}}: the values of parameters that are handed over as environment
 * variables, and what {@code aws:downloadContent} needs to get at its source (spec.md section 1.5).
 * Nowhere else would a value stay out of scripts, arguments and files. The references stay where
 * they are until a step is about to start.
 */
public final class SecretReferences {
  private static final String PREFIX = "ssm-secure";
  private static final String DOWNLOAD = "aws:downloadContent";
  private static final String SOURCE = "sourceInfo";
  private static final String ALLOWED =
      "; a SecureString can be the value of a parameter with interpolationType ENV_VAR, or be in"
          + " the sourceInfo of aws:downloadContent";

  private SecretReferences() {}

  /**
   * What was found.
   *
   * @param names as they are written, with their {@code :VERSION}
   * @param misplaced what is wrong, for people; empty if all is well
   */
  public record Found(Set<String> names, List<String> misplaced) {
    /** Copies. */
    public Found {
      names = Set.copyOf(names);
      misplaced = List.copyOf(misplaced);
    }
  }

  /**
   * Looks through a document.
   *
   * @param values of its parameters, checked, defaults filled in
   */
  public static Found in(Document document, Map<String, Value> values) {
    Set<String> names = new TreeSet<>();
    List<String> misplaced = new ArrayList<>();
    for (ParameterDefinition definition : document.parameters().values()) {
      Set<String> own = names(values.getOrDefault(definition.name(), new Value.Null()));
      if (definition.environment()) {
        names.addAll(own);
      } else if (!own.isEmpty() && !forSource(document, definition.name())) {
        misplaced.add(
            "the parameter '" + definition.name() + "' refers to " + listed(own) + ALLOWED);
      }
    }
    for (Step step : document.steps()) {
      for (Value part : parts(Substitution.inputs(step, document, values))) {
        inInputs(step, part, names, misplaced);
      }
      step.precondition()
          .filter(written -> names(written).isEmpty()) // else it is malformed, and judged so
          .map(written -> names(Substitution.apply(written, values)))
          .filter(pasted -> !pasted.isEmpty())
          .ifPresent(
              pasted ->
                  misplaced.add(
                      "the precondition of the step '"
                          + step.name()
                          + "' compares with "
                          + listed(pasted)
                          + ALLOWED));
    }
    if (names.size() > DocumentLimits.MAX_SECRETS) {
      misplaced.add(
          "the document and its values refer to "
              + names.size()
              + " SecureStrings; at most "
              + DocumentLimits.MAX_SECRETS
              + " are allowed");
    }
    return new Found(names, misplaced);
  }

  /** The references anywhere in a tree. */
  public static Set<String> names(Value tree) {
    return Substitution.names(tree, PREFIX);
  }

  /**
   * The references that one step needs the values of.
   *
   * @param values of the document's parameters, checked, defaults filled in
   */
  public static Set<String> of(Step step, Document document, Map<String, Value> values) {
    Set<String> names = new TreeSet<>();
    if (!step.action().equals(Plugins.SOFTWARE_INVENTORY)) { // the one that has no environment
      document.parameters().values().stream()
          .filter(ParameterDefinition::environment)
          .forEach(
              definition ->
                  names.addAll(names(values.getOrDefault(definition.name(), new Value.Null()))));
    }
    for (Value part : parts(Substitution.inputs(step, document, values))) {
      inInputs(step, part, names, new ArrayList<>());
    }
    return names;
  }

  /**
   * The values of a document's parameters with secrets in those that are handed over as environment
   * variables; in the others references stay.
   *
   * @param secrets by reference
   */
  public static Map<String, Value> inEnvironment(
      Document document, Map<String, Value> values, Map<String, String> secrets) {
    Map<String, Value> all = new LinkedHashMap<>(values);
    document.parameters().values().stream()
        .filter(ParameterDefinition::environment)
        .map(ParameterDefinition::name)
        .forEach(name -> all.computeIfPresent(name, (_, value) -> filled(value, secrets)));
    return all;
  }

  /**
   * The inputs of a step with secrets in what {@code aws:downloadContent} needs to get at its
   * source; those of other steps as they are. A source that is written as JSON text becomes a map.
   *
   * @param inputs with the values of parameters in place of their tokens
   * @param secrets by reference
   */
  public static Value inSource(Step step, Value inputs, Map<String, String> secrets) {
    if (!step.action().equals(DOWNLOAD)) {
      return inputs;
    }
    return switch (inputs) {
      case Value.Fields(var fields) -> {
        Map<String, Value> all = new LinkedHashMap<>(fields);
        all.computeIfPresent(SOURCE, (_, value) -> filled(source(value), secrets));
        yield new Value.Fields(all);
      }
      case Value.Items(var items) ->
          new Value.Items(items.stream().map(item -> inSource(step, item, secrets)).toList());
      case Value.Null _, Value.Text _, Value.Num _, Value.Flag _ -> inputs;
    };
  }

  private static void inInputs(Step step, Value inputs, Set<String> names, List<String> misplaced) {
    // What the document itself has elsewhere is text, and stays as it is.
    Set<String> written = names(step.inputs());
    if (!(inputs instanceof Value.Fields(var fields))) {
      Set<String> own = names(inputs);
      own.removeAll(written);
      if (!own.isEmpty()) {
        misplaced.add("the step '" + step.name() + "' refers to " + listed(own) + ALLOWED);
      }
      return;
    }
    fields.forEach(
        (name, value) -> {
          Set<String> own = names(value);
          if (isSource(step, name)) {
            names.addAll(own);
            return;
          }
          own.removeAll(written);
          if (!own.isEmpty()) {
            misplaced.add(
                "the input '"
                    + name
                    + "' of the step '"
                    + step.name()
                    + "' refers to "
                    + listed(own)
                    + ALLOWED);
          }
        });
  }

  private static boolean isSource(Step step, String input) {
    return step.action().equals(DOWNLOAD) && input.equals(SOURCE);
  }

  /** Whether a source is made of a parameter; other uses are found where they are. */
  private static boolean forSource(Document document, String parameter) {
    return document.steps().stream()
        .flatMap(
            step ->
                parts(step.inputs()).stream()
                    .filter(Value.Fields.class::isInstance)
                    .flatMap(part -> ((Value.Fields) part).fields().entrySet().stream())
                    .filter(input -> isSource(step, input.getKey())))
        .anyMatch(input -> Substitution.names(input.getValue(), "").contains(parameter));
  }

  private static List<Value> parts(Value inputs) {
    return inputs instanceof Value.Items(var items) ? items : List.of(inputs);
  }

  private static Value source(Value written) {
    return written instanceof Value.Text(var text)
        ? TextReader.read(text, true, new ArrayList<>())
            .map(Located::value)
            .filter(Value.Fields.class::isInstance)
            .orElse(written)
        : written;
  }

  private static Value filled(Value tree, Map<String, String> secrets) {
    Map<String, Value> values = new LinkedHashMap<>();
    secrets.forEach((name, value) -> values.put(PREFIX + ":" + name, new Value.Text(value)));
    return Substitution.apply(tree, values);
  }

  private static String listed(Set<String> names) {
    return "the SecureString " + String.join(", ", names);
  }
}

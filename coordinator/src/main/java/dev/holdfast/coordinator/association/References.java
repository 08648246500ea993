package dev.holdfast.coordinator.association;

import dev.holdfast.coordinator.admin.Findings;
import dev.holdfast.coordinator.admin.ParameterForm;
import dev.holdfast.coordinator.store.Parameters;
import dev.holdfast.coordinator.store.Parameters.Parameter;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.document.Document;
import dev.holdfast.document.ParameterDefinition;
import dev.holdfast.document.SecretReferences;
import dev.holdfast.document.Step;
import dev.holdfast.document.Substitution;
import dev.holdfast.document.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The stored parameters that an association refers to: in the values given, in defaults of its
 * document, and in the document's own text (spec.md section 1.5). Strings and StringLists are put
 * in where they are; a reference to a SecureString stays one.
 *
 * @param values for the revision: those given, defaults that refer to something, and under {@code
 *     ssm:NAME} what the document's own text refers to; a reference that means nothing stays
 * @param names everything that is referred to: versions by name, 0 for the newest
 * @param errors what is wrong with references to Strings and StringLists, for people
 */
record References(Map<String, Value> values, Map<String, Set<Integer>> names, List<String> errors) {

  References {
    values = Map.copyOf(values);
    names = Map.copyOf(names);
    errors = List.copyOf(errors);
  }

  /**
   * Resolves them.
   *
   * @param document empty if it refers to nothing by itself
   */
  static References of(Read read, Optional<Document> document, Map<String, Value> given) {
    Map<String, Value> values = new LinkedHashMap<>(given);
    Set<String> inText = new TreeSet<>();
    Set<String> secure = new TreeSet<>();
    document.ifPresent(
        found -> {
          for (ParameterDefinition definition : found.parameters().values()) {
            definition
                .defaultValue()
                .filter(value -> refers(value) && !isGiven(given, definition.name()))
                .ifPresent(value -> values.put(definition.name(), value));
          }
          for (Step step : found.steps()) {
            inText.addAll(Substitution.references(step.inputs()));
            secure.addAll(SecretReferences.names(step.inputs()));
          }
        });
    Value.Fields tree = new Value.Fields(values);
    Set<String> plain = new TreeSet<>(Substitution.references(tree));
    plain.addAll(inText);
    secure.addAll(SecretReferences.names(tree));

    List<String> errors = new ArrayList<>();
    Map<String, Value> stored = new LinkedHashMap<>();
    for (String reference : plain) {
      Optional<Parameter> found = find(read, reference);
      String error = error(read, reference, found, false);
      if (error.isEmpty()) {
        stored.put(reference, ParameterForm.value(found.orElseThrow()));
      } else {
        errors.add(error);
      }
    }
    Map<String, Value> resolved = new LinkedHashMap<>();
    values.forEach((name, value) -> resolved.put(name, Substitution.resolve(value, stored)));
    inText.stream()
        .filter(stored::containsKey)
        .forEach(name -> resolved.put(Substitution.STORED + name, stored.get(name)));
    return new References(resolved, named(plain, secure), errors);
  }

  /** What is wrong with a reference to a SecureString; empty if nothing is. */
  static String secretError(Read read, String reference) {
    return error(read, reference, find(read, reference), true);
  }

  private static String error(
      Read read, String reference, Optional<Parameter> found, boolean secure) {
    String shown = Findings.printable(reference);
    if (found.isEmpty()) {
      boolean other =
          ParameterForm.parse(reference)
              .flatMap(named -> Parameters.find(read, named.name(), Optional.empty()))
              .isPresent();
      return other
          ? "the stored parameter '" + shown + "' is a version that is not there"
          : "there is no stored parameter '" + shown + "'; put it first";
    }
    boolean isSecure = found.get().type().equals(ParameterForm.SECURE_STRING);
    if (isSecure && !secure) {
      return "the stored parameter '"
          + shown
          + "' is a SecureString; refer to it by {{ssm-secure:"
          + shown
          + "}}, where that is allowed";
    }
    return isSecure || !secure
        ? ""
        : "the stored parameter '"
            + shown
            + "' is a "
            + found.get().type()
            + " and no SecureString; refer to it by {{ssm:"
            + shown
            + "}}";
  }

  private static boolean isGiven(Map<String, Value> given, String name) {
    return given.containsKey(name) && !(given.get(name) instanceof Value.Null);
  }

  private static boolean refers(Value value) {
    return !Substitution.references(value).isEmpty() || !SecretReferences.names(value).isEmpty();
  }

  private static Optional<Parameter> find(Read read, String reference) {
    return ParameterForm.parse(reference)
        .flatMap(named -> Parameters.find(read, named.name(), named.version()));
  }

  private static Map<String, Set<Integer>> named(Set<String> plain, Set<String> secure) {
    Map<String, Set<Integer>> versions = new TreeMap<>();
    for (Set<String> references : List.of(plain, secure)) {
      for (String reference : references) {
        ParameterForm.parse(reference)
            .ifPresent(
                named ->
                    versions
                        .computeIfAbsent(named.name(), _ -> new TreeSet<>())
                        .add(named.version().orElse(0)));
      }
    }
    return versions;
  }
}

package dev.holdfast.document;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A document that was read without errors.
 *
 * @param schemaVersion {@code 1.2}, {@code 2.0}, {@code 2.2}, ...
 * @param parameters by name, in the order of the text
 * @param steps in order
 */
public record Document(
    String schemaVersion,
    String description,
    Map<String, ParameterDefinition> parameters,
    List<Step> steps) {

  /** Copies, in order. */
  public Document {
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    steps = List.copyOf(steps);
  }
}

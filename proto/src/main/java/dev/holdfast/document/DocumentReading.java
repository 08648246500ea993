package dev.holdfast.document;

import java.util.List;
import java.util.Optional;

/**
 * What reading a text came to.
 *
 * @param document present if and only if there are no errors
 * @param errors in the order of the text, all at once
 * @param warnings worth knowing, in the order of the text
 * @param format in which it is written
 * @param schemaVersion as written; empty if there is none
 * @param steps how many steps were seen
 */
public record DocumentReading(
    Optional<Document> document,
    List<Problem> errors,
    List<Problem> warnings,
    Format format,
    String schemaVersion,
    int steps) {

  /** Copies the lists. */
  public DocumentReading {
    errors = List.copyOf(errors);
    warnings = List.copyOf(warnings);
  }

  /** How a document is written. */
  public enum Format {
    /** JSON. */
    JSON,
    /** YAML. */
    YAML
  }
}

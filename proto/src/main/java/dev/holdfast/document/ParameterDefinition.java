package dev.holdfast.document;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One declared parameter of a document.
 *
 * @param defaultValue if empty, the parameter is required
 * @param allowedPattern RE2, searched unanchored
 * @param environment {@code interpolationType: ENV_VAR}: handed over as {@code SSM_<name>} instead
 *     of pasted
 */
public record ParameterDefinition(
    String name,
    Type type,
    String description,
    Optional<Value> defaultValue,
    List<String> allowedValues,
    Optional<String> allowedPattern,
    OptionalInt minChars,
    OptionalInt maxChars,
    OptionalInt minItems,
    OptionalInt maxItems,
    boolean environment) {

  /** Copies the list. */
  public ParameterDefinition {
    allowedValues = List.copyOf(allowedValues);
  }

  /** The types that a parameter can have. */
  public enum Type {
    /** Text. */
    STRING("String"),
    /** A list of texts. */
    STRING_LIST("StringList"),
    /** A whole number. */
    INTEGER("Integer"),
    /** True or false. */
    BOOLEAN("Boolean"),
    /** A map. */
    STRING_MAP("StringMap"),
    /** A list of maps. */
    MAP_LIST("MapList");

    private final String text;

    Type(String text) {
      this.text = text;
    }

    /** As documents write it. */
    public String text() {
      return text;
    }
  }
}

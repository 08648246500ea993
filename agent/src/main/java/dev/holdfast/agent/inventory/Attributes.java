package dev.holdfast.agent.inventory;

import dev.holdfast.task.Limits;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of one inventory entry as they are collected; sorted by name, each value bounded.
 */
final class Attributes {
  private final TreeMap<String, String> values = new TreeMap<>();

  /**
   * Sets an attribute. Blank or absent values set nothing, longer ones than {@link
   * Limits#MAX_INVENTORY_VALUE_CHARS} are cut.
   */
  Attributes with(String name, @Nullable String value) {
    if (value == null || value.isBlank()) {
      return this;
    }
    String text = value.strip();
    values.put(
        name,
        text.length() <= Limits.MAX_INVENTORY_VALUE_CHARS
            ? text
            : text.substring(0, text.offsetByCodePoints(0, codePointsWithin(text))));
    return this;
  }

  /** All of them; empty if nothing was set. */
  Map<String, String> entry() {
    return values;
  }

  // A cut between the two halves of a surrogate pair would not survive UTF-8.
  private static int codePointsWithin(String text) {
    int end = Limits.MAX_INVENTORY_VALUE_CHARS;
    return text.codePointCount(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end);
  }
}

package dev.holdfast.association;

import dev.holdfast.task.Hex;

/**
 * The name of an association: a lower-case UUID, made by the coordinator, never reused.
 *
 * @param value the text form
 */
public record AssociationId(String value) implements Comparable<AssociationId> {
  private static final int LENGTH = 36;

  /** Refuses any other form. */
  public AssociationId {
    if (!isValid(value)) {
      throw new IllegalArgumentException("not an association id (a lower-case UUID): " + value);
    }
  }

  /** Whether the text has the form of an association id. */
  public static boolean isValid(String text) {
    return text.length() == LENGTH
        && Hex.lower(text, 0, 8)
        && text.charAt(8) == '-'
        && Hex.lower(text, 9, 13)
        && text.charAt(13) == '-'
        && Hex.lower(text, 14, 18)
        && text.charAt(18) == '-'
        && Hex.lower(text, 19, 23)
        && text.charAt(23) == '-'
        && Hex.lower(text, 24, LENGTH);
  }

  @Override
  public int compareTo(AssociationId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}

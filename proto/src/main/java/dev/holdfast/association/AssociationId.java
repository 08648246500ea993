package dev.holdfast.association;

import java.util.regex.Pattern;

/**
 * The name of an association: a lower-case UUID, made by the coordinator, never reused.
 *
 * @param value the text form
 */
public record AssociationId(String value) implements Comparable<AssociationId> {
  private static final Pattern FORM =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  /** Refuses any other form. */
  public AssociationId {
    if (!isValid(value)) {
      throw new IllegalArgumentException("not an association id (a lower-case UUID): " + value);
    }
  }

  /** Whether the text has the form of an association id. */
  public static boolean isValid(String text) {
    return FORM.matcher(text).matches();
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

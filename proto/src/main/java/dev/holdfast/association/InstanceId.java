package dev.holdfast.association;

import dev.holdfast.task.Hex;

/**
 * The name of a managed machine: {@code mi-} and 17 lower-case hex digits, made by the coordinator,
 * never reused.
 *
 * @param value the text form
 */
public record InstanceId(String value) implements Comparable<InstanceId> {
  private static final String PREFIX = "mi-";

  private static final int LENGTH = PREFIX.length() + 17;

  /** Refuses any other form. */
  public InstanceId {
    if (!isValid(value)) {
      throw new IllegalArgumentException("not an instance id (mi- and 17 hex digits): " + value);
    }
  }

  /** Whether the text has the form of an instance id. */
  public static boolean isValid(String text) {
    return text.length() == LENGTH
        && text.startsWith(PREFIX)
        && Hex.lower(text, PREFIX.length(), LENGTH);
  }

  @Override
  public int compareTo(InstanceId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}

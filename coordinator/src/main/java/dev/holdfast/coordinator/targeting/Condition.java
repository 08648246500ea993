package dev.holdfast.coordinator.targeting;

import java.util.Collection;
import java.util.Set;

/** What must be true of an instance. */
public sealed interface Condition {
  /** A field has one of these values; without values nobody has. */
  record AnyOf(Field field, Set<String> values) implements Condition {
    /** Copies. */
    public AnyOf {
      values = Set.copyOf(values);
    }
  }

  /** A field has none of these values, or none at all. */
  record NoneOf(Field field, Set<String> values) implements Condition {
    /** Copies. */
    public NoneOf {
      values = Set.copyOf(values);
    }
  }

  /** A field has a value that begins with one of these; the empty text: it has any value. */
  record BeginsWith(Field field, Set<String> prefixes) implements Condition {
    /** Copies. */
    public BeginsWith {
      prefixes = Set.copyOf(prefixes);
    }
  }

  /** It is in one of these groups; a group that is not there has nobody. */
  record InGroup(Set<String> names) implements Condition {
    /** Copies. */
    public InGroup {
      names = Set.copyOf(names);
    }
  }

  /** Any of the values of a field. */
  static Condition anyOf(Field field, Collection<String> values) {
    return new AnyOf(field, Set.copyOf(values));
  }
}

package dev.holdfast.coordinator.store;

import java.util.Map;
import java.util.Set;

/**
 * Which instances somebody may see and touch. Who reads rows for a person reads them by the
 * person's sight: then rows of other instances are not there, whatever is asked.
 */
public sealed interface Sight {
  /** All instances. */
  static Sight all() {
    return new All();
  }

  /** Nobody. */
  static Sight none() {
    return new Tagged(Set.of());
  }

  /** All instances. */
  record All() implements Sight {}

  /** Those that fit at least one of some scopes; none: nobody. */
  record Tagged(Set<TagScope> scopes) implements Sight {
    /** Copies. */
    public Tagged {
      scopes = Set.copyOf(scopes);
    }
  }

  /** Whether it is all instances. */
  default boolean isAll() {
    return this instanceof All;
  }

  /** Whether an instance with these tags is seen. */
  default boolean fits(Map<String, String> tags) {
    return switch (this) {
      case All _ -> true;
      case Tagged(var scopes) -> scopes.stream().anyMatch(scope -> scope.fits(tags));
    };
  }

  /** Whether whoever is seen by the other is seen by this. */
  default boolean covers(Sight other) {
    return switch (this) {
      case All _ -> true;
      case Tagged(var mine) ->
          switch (other) {
            case All _ -> false;
            case Tagged(var theirs) ->
                theirs.stream().allMatch(one -> mine.stream().anyMatch(each -> each.covers(one)));
          };
    };
  }
}

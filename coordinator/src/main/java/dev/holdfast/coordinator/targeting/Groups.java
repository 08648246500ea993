package dev.holdfast.coordinator.targeting;

import java.util.Optional;

/** The groups there are. */
@FunctionalInterface
public interface Groups {
  /** There are none. */
  Groups NONE = _ -> Optional.empty();

  /** What a group asks for; empty if there is none with this name. */
  Optional<Query> query(String name);
}

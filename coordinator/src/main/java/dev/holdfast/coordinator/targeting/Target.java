package dev.holdfast.coordinator.targeting;

import java.util.List;

/**
 * A predicate over instances.
 *
 * @param key one of {@link TargetKeys}
 * @param values any of these; none name nobody
 */
public record Target(String key, List<String> values) {
  /** Copies the list. */
  public Target {
    values = List.copyOf(values);
  }
}

package dev.holdfast.coordinator.targeting;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.ToLongFunction;

/**
 * Queries by something that whoever they name must have: of the conditions of one, all hold, so it
 * is enough to find it by one of them, the one that the fewest instances fulfil.
 */
final class Watchers<T> {
  private final Map<Field, Map<String, Set<T>>> byValue = new HashMap<>();
  private final Map<String, Set<T>> byGroup = new HashMap<>();
  private final Set<T> byNothing = new HashSet<>();
  private final Map<T, Optional<Condition>> anchors = new HashMap<>();

  /**
   * Adds one; it is not there yet.
   *
   * @param size how many instances fulfil a condition, roughly
   */
  void add(T watcher, Query query, ToLongFunction<Condition> size) {
    if (query.all().isEmpty()) {
      return; // names nobody
    }
    Optional<Condition> anchor =
        query.all().stream()
            .filter(c -> c instanceof Condition.AnyOf || c instanceof Condition.InGroup)
            .min(Comparator.comparingLong(size));
    anchors.put(watcher, anchor);
    if (anchor.isEmpty()) {
      byNothing.add(watcher);
      return;
    }
    each(anchor.get(), (of, key) -> of.computeIfAbsent(key, _ -> new HashSet<>(2)).add(watcher));
  }

  /** Takes one away, if it is there. */
  void remove(T watcher) {
    Optional<Condition> anchor = anchors.remove(watcher);
    if (anchor == null) {
      return;
    }
    if (anchor.isEmpty()) {
      byNothing.remove(watcher);
      return;
    }
    each(
        anchor.get(),
        (of, key) -> {
          Set<T> watching = of.get(key);
          if (watching != null && watching.remove(watcher) && watching.isEmpty()) {
            of.remove(key);
          }
        });
  }

  /** Gives the places where a watcher with this anchor stands. */
  private void each(Condition anchor, BiConsumer<Map<String, Set<T>>, String> place) {
    switch (anchor) {
      case Condition.AnyOf(var field, var values) -> {
        Map<String, Set<T>> of = byValue.computeIfAbsent(field, _ -> new HashMap<>());
        values.forEach(value -> place.accept(of, value));
        if (of.isEmpty()) {
          byValue.remove(field);
        }
      }
      case Condition.InGroup(var names) -> names.forEach(name -> place.accept(byGroup, name));
      case Condition.NoneOf _, Condition.BeginsWith _ ->
          throw new IllegalArgumentException(anchor + " is no anchor");
    }
  }

  /**
   * All that may name an instance, and some that don't.
   *
   * @param groups that it is in
   */
  Set<T> candidates(Subject subject, Collection<String> groups) {
    Set<T> found = new LinkedHashSet<>(byNothing);
    subject.traits(
        (field, value) ->
            found.addAll(byValue.getOrDefault(field, Map.of()).getOrDefault(value, Set.of())));
    groups.forEach(name -> found.addAll(byGroup.getOrDefault(name, Set.of())));
    return found;
  }
}

package dev.holdfast.coordinator.inventory;

import dev.holdfast.coordinator.targeting.Few;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/** The items of one type, and the instances of which the type is known, by number. */
final class Shelf {
  /** Items are found by it without looking at all. */
  static final String NAME = "Name";

  private static final byte[] NAME_UTF8 = NAME.getBytes(StandardCharsets.UTF_8);

  private final String type;
  private final RoaringBitmap items = new RoaringBitmap();
  private final RoaringBitmap known = new RoaringBitmap();
  private final Map<String, Few> named = new HashMap<>();

  Shelf(String type) {
    this.type = type;
  }

  String type() {
    return type;
  }

  /** Numbers of its items; not to be changed. */
  RoaringBitmap items() {
    return items;
  }

  /** Numbers of the instances of which the type is known, with items or without. */
  RoaringBitmap known() {
    return known;
  }

  /** The values of {@link #NAME}. */
  Set<String> names() {
    return named.keySet();
  }

  /** The items with a name; null if there is none. */
  @Nullable Few named(String name) {
    return named.get(name);
  }

  void add(Held held) {
    items.add(held.number());
    String name = held.attributes().value(NAME_UTF8);
    if (name != null) {
      named.computeIfAbsent(name, _ -> new Few()).add(held.number());
    }
  }

  void remove(Held held) {
    items.remove(held.number());
    String name = held.attributes().value(NAME_UTF8);
    Few same = name == null ? null : named.get(name);
    if (same != null) {
      same.remove(held.number());
      if (same.isEmpty()) {
        named.remove(name);
      }
    }
  }

  boolean isEmpty() {
    return items.isEmpty() && known.isEmpty();
  }

  void trim() {
    items.runOptimize();
    known.runOptimize();
    named.values().forEach(Few::trim);
  }
}

package dev.holdfast.document;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A value and where it stands in its text.
 *
 * @param value what it means
 * @param raw the text that it was read from, where that is a scalar
 * @param fields of a map, by key: the same tree once more, with places
 * @param items of a list
 */
public record Located(
    Value value, Place place, String raw, Map<String, Entry> fields, List<Located> items) {

  /** Copies. */
  public Located {
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    items = List.copyOf(items);
  }

  /** A line and a column, from 1. */
  public record Place(int line, int column) {
    /** A finding here. */
    public Problem problem(String message) {
      return new Problem(line, column, message);
    }
  }

  /** A field of a map, and where its key stands. */
  public record Entry(Place key, Located value) {}

  /** An empty map that nobody wrote, for what may be left out. */
  static Located nothing(Place place) {
    return new Located(new Value.Fields(Map.of()), place, "", Map.of(), List.of());
  }

  /** What this is, for a message. */
  public String kind() {
    return switch (value) {
      case Value.Null _ -> "nothing";
      case Value.Text _ -> "text";
      case Value.Num _ -> "a number";
      case Value.Flag _ -> "true or false";
      case Value.Items _ -> "a list";
      case Value.Fields _ -> "a map";
    };
  }

  /** A finding here. */
  public Problem problem(String message) {
    return place.problem(message);
  }
}

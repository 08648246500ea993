package dev.holdfast.document;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A value and where it stands in its text.
 *
 * @param value what it means
 * @param raw the text that it was read from
 * @param fields of a map, by key: the same tree once more, with places
 * @param items of a list
 */
record Located(
    Value value, Place place, String raw, Map<String, Entry> fields, List<Located> items) {
  Located {
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    items = List.copyOf(items);
  }

  /** A line and a column, from 1. */
  record Place(int line, int column) {
    Problem problem(String message) {
      return new Problem(line, column, message);
    }
  }

  /** A field of a map, and where its key stands. */
  record Entry(Place key, Located value) {}

  /** What this is, for a message. */
  String kind() {
    return switch (value) {
      case Value.Null _ -> "nothing";
      case Value.Text _ -> "text";
      case Value.Num _ -> "a number";
      case Value.Flag _ -> "true or false";
      case Value.Items _ -> "a list";
      case Value.Fields _ -> "a map";
    };
  }

  Problem problem(String message) {
    return place.problem(message);
  }

  /**
   * Where some words of this text stand: at their first occurrence after an offset in the raw text.
   */
  Place placeOf(String words) {
    int at = raw.indexOf(words);
    if (at < 0) {
      return place;
    }
    int line = place.line;
    int column = place.column;
    for (int i = 0; i < at; i++) {
      if (raw.charAt(i) == '\n') {
        line++;
        column = 1;
      } else {
        column++;
      }
    }
    return new Place(line, column);
  }
}

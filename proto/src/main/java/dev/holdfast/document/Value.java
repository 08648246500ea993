package dev.holdfast.document;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A piece of JSON-like data: inputs of steps, values of parameters. Immutable; the order of fields
 * is kept.
 */
public sealed interface Value {

  /** No value. */
  record Null() implements Value {}

  /** Text. */
  record Text(String text) implements Value {}

  /** A number, exact. */
  record Num(BigDecimal number) implements Value {}

  /** True or false. */
  record Flag(boolean value) implements Value {}

  /** A list. */
  record Items(List<Value> items) implements Value {
    /** Copies the list. */
    public Items {
      items = Collections.unmodifiableList(new ArrayList<>(items));
    }
  }

  /** A map. */
  record Fields(Map<String, Value> fields) implements Value {
    /** Copies the map, in its order. */
    public Fields {
      fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }
  }
}

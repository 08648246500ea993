package dev.holdfast.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The values in effect: those of the file, defaults for the rest. The composition root turns it
 * into the few values that each part needs; it is not handed on.
 */
public final class Config {
  private final List<Key<?>> keys;
  private final Map<Key<?>, Object> given;
  private final Map<Key<?>, Integer> lines;

  Config(Collection<? extends Key<?>> keys, Map<Key<?>, Object> given, Map<Key<?>, Integer> lines) {
    this.keys =
        keys.stream().<Key<?>>map(key -> key).sorted(Comparator.comparing(Key::name)).toList();
    this.given = Map.copyOf(given);
    this.lines = Map.copyOf(lines);
  }

  /** What holds without a file. */
  public static Config defaults(Collection<? extends Key<?>> keys) {
    return new Config(keys, Map.of(), Map.of());
  }

  /** The value of a key that the file was read with. */
  @SuppressWarnings("unchecked") // the reader put what this very key made of the text
  public <T> T get(Key<T> key) {
    if (!keys.contains(key)) {
      throw new IllegalArgumentException("the file was not read with this key: " + key.name());
    }
    Object value = given.get(key);
    return value == null ? key.fallback() : (T) value;
  }

  /** Whether the file names the key. */
  public boolean given(Key<?> key) {
    return given.containsKey(key);
  }

  /** The line of the file on which the key stands, from 1; empty if the file does not name it. */
  public OptionalInt line(Key<?> key) {
    Integer line = lines.get(key);
    return line == null ? OptionalInt.empty() : OptionalInt.of(line);
  }

  /** Every key's name and its value in effect, sorted by name: what a program logs at its start. */
  public Map<String, String> effective() {
    Map<String, String> effective = new LinkedHashMap<>();
    keys.forEach(key -> effective.put(key.name(), String.valueOf(get(key))));
    return effective;
  }
}

package dev.holdfast.state;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An input as somebody wrote it, and where.
 *
 * @param line from 1; 0 where it stands in no text
 * @param column from 1; 0 where it stands in no text
 * @param kind what it is
 * @param text of a text, a number or a flag; else empty
 * @param open whether a value is still to be put in place of a token in it: what it comes to is not
 *     known yet
 * @param fields of a map, in their order
 * @param items of a list
 */
public record Written(
    int line,
    int column,
    Kind kind,
    String text,
    boolean open,
    Map<String, Entry> fields,
    List<Written> items) {

  /** Copies. */
  public Written {
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    items = List.copyOf(items);
  }

  /** What an input is. */
  public enum Kind {
    /** No value. */
    NOTHING("nothing"),
    /** Text. */
    TEXT("text"),
    /** A number. */
    NUMBER("a number"),
    /** True or false. */
    FLAG("true or false"),
    /** A list. */
    LIST("a list"),
    /** A map. */
    MAP("a map");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    /** In words, for a message. */
    public String words() {
      return words;
    }
  }

  /** A field of a map, and where its key stands. */
  public record Entry(int line, int column, Written value) {}

  Finding finding(String message) {
    return new Finding(line, column, message);
  }

  boolean scalar() {
    return kind == Kind.TEXT || kind == Kind.NUMBER || kind == Kind.FLAG;
  }
}

package dev.holdfast.coordinator.inventory;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of an item in the form in which they are kept: by name, each text after its length
 * in four bytes. It is the form over which {@link dev.holdfast.inventory.Items#hash(Map)} computes
 * a hash, so that of the bytes is that of the item. An attribute is found without taking all apart.
 */
final class Attributes {
  private static final int LENGTH_BYTES = 4;

  private final byte[] bytes;

  private Attributes(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Those of a map. */
  static Attributes of(Map<String, String> map) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(64 * Math.max(1, map.size()));
    // Most come sorted from where they were taken apart; a map of another order is none of these.
    Map<String, String> sorted =
        map instanceof SortedMap<String, String> some && some.comparator() == null
            ? map
            : new TreeMap<>(map);
    sorted.forEach(
        (name, value) -> {
          write(out, name);
          write(out, value);
        });
    return new Attributes(out.toByteArray());
  }

  /** From the form in which they are kept; the bytes are not copied. */
  static Attributes of(byte[] kept) {
    return new Attributes(kept);
  }

  private static void write(ByteArrayOutputStream out, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.write(utf8.length >> 24);
    out.write(utf8.length >> 16);
    out.write(utf8.length >> 8);
    out.write(utf8.length);
    out.writeBytes(utf8);
  }

  /** The bytes; not to be changed. */
  byte[] bytes() {
    return bytes;
  }

  /** SHA-256 of the bytes. */
  byte[] sha256() {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** All of them, in the order of their names. */
  Map<String, String> map() {
    Map<String, String> map = new LinkedHashMap<>();
    int at = 0;
    while (at < bytes.length) {
      int nameEnd = end(at);
      int valueEnd = end(nameEnd);
      map.put(text(at, nameEnd), text(nameEnd, valueEnd));
      at = valueEnd;
    }
    return map;
  }

  /** The value of one; null if it is not among them. */
  @Nullable String value(String name) {
    return value(name.getBytes(StandardCharsets.UTF_8));
  }

  /** The same by the UTF-8 bytes of its name. */
  @Nullable String value(byte[] name) {
    int at = 0;
    while (at < bytes.length) {
      int nameEnd = end(at);
      int valueEnd = end(nameEnd);
      if (same(at, nameEnd, name)) {
        return text(nameEnd, valueEnd);
      }
      at = valueEnd;
    }
    return null;
  }

  /** Whether one of them has exactly this value; both as UTF-8. */
  boolean has(byte[] name, byte[] value) {
    int at = 0;
    while (at < bytes.length) {
      int nameEnd = end(at);
      int valueEnd = end(nameEnd);
      if (same(at, nameEnd, name)) {
        return same(nameEnd, valueEnd, value);
      }
      at = valueEnd;
    }
    return false;
  }

  private boolean same(int from, int to, byte[] text) {
    return to - from - LENGTH_BYTES == text.length
        && Arrays.equals(bytes, from + LENGTH_BYTES, to, text, 0, text.length);
  }

  private int end(int at) {
    return at
        + LENGTH_BYTES
        + (((bytes[at] & 0xff) << 24)
            | ((bytes[at + 1] & 0xff) << 16)
            | ((bytes[at + 2] & 0xff) << 8)
            | (bytes[at + 3] & 0xff));
  }

  private String text(int from, int to) {
    return new String(bytes, from + LENGTH_BYTES, to - from - LENGTH_BYTES, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Attributes attributes && Arrays.equals(bytes, attributes.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return map().toString();
  }
}

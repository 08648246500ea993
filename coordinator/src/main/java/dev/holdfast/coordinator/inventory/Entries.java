package dev.holdfast.coordinator.inventory;

import java.io.ByteArrayOutputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;

/**
 * The entries of one type of one instance, and the bytes in which they are kept: a form, the
 * numbers of the items in their order as differences, the times at which items were installed as
 * seconds in their order as differences, whatever else is the instance's own, and for each entry
 * which of these it has. All numbers in groups of seven bits, the lowest first. About four bytes an
 * entry.
 */
final class Entries {
  private static final int FORM = 1;
  private static final String TIME = "InstalledTime";
  private static final Comparator<Entry> ORDER =
      Comparator.comparingInt(Entry::item).thenComparing(entry -> entry.own.toString());

  private Entries() {}

  /**
   * One entry.
   *
   * @param item the number of its item
   * @param own what is the instance's own of it
   */
  record Entry(int item, Map<String, String> own) {}

  /** To bytes; their order does not matter. */
  static byte[] pack(Collection<Entry> entries) {
    List<Entry> sorted = new ArrayList<>(entries);
    sorted.sort(ORDER);
    TreeMap<Long, Integer> times = new TreeMap<>();
    Map<Map<String, String>, Integer> others = new LinkedHashMap<>();
    for (Entry entry : sorted) {
      Long second = second(entry.own);
      if (second != null) {
        times.put(second, 0);
      } else if (!entry.own.isEmpty()) {
        others.putIfAbsent(entry.own, 0);
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(64 + 5 * sorted.size());
    out.write(FORM);
    write(out, sorted.size());
    int before = 0;
    for (Entry entry : sorted) {
      write(out, entry.item - before);
      before = entry.item;
    }
    write(out, times.size());
    int place = 0;
    long last = 0;
    for (Map.Entry<Long, Integer> time : times.entrySet()) {
      write(out, place == 0 ? zigzag(time.getKey()) : time.getKey() - last);
      last = time.getKey();
      time.setValue(++place);
    }
    write(out, others.size());
    for (Map.Entry<Map<String, String>, Integer> other : others.entrySet()) {
      byte[] bytes = Attributes.of(other.getKey()).bytes();
      write(out, bytes.length);
      out.writeBytes(bytes);
      other.setValue(++place);
    }
    if (place > 0) {
      for (Entry entry : sorted) {
        Long second = second(entry.own);
        write(
            out,
            second != null ? times.getOrDefault(second, 0) : others.getOrDefault(entry.own, 0));
      }
    }
    return out.toByteArray();
  }

  /** From bytes, in their order. */
  static List<Entry> unpack(byte[] bytes) {
    Reader reader = new Reader(bytes);
    int count = reader.begin();
    int[] numbers = new int[count];
    int number = 0;
    for (int i = 0; i < count; i++) {
      number += (int) reader.next();
      numbers[i] = number;
    }
    List<Map<String, String>> own = new ArrayList<>();
    own.add(Map.of());
    int times = (int) reader.next();
    long second = 0;
    for (int i = 0; i < times; i++) {
      second = i == 0 ? unzigzag(reader.next()) : second + reader.next();
      own.add(Map.of(TIME, Instant.ofEpochSecond(second).toString()));
    }
    int others = (int) reader.next();
    for (int i = 0; i < others; i++) {
      own.add(Map.copyOf(Attributes.of(reader.bytes((int) reader.next())).map()));
    }
    List<Entry> entries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      entries.add(new Entry(numbers[i], own.size() == 1 ? Map.of() : own.get((int) reader.next())));
    }
    return entries;
  }

  /** Hands over the numbers alone, in their order; one that is there twice comes twice. */
  static void numbers(byte[] bytes, IntConsumer each) {
    Reader reader = new Reader(bytes);
    int count = reader.begin();
    int number = 0;
    for (int i = 0; i < count; i++) {
      number += (int) reader.next();
      each.accept(number);
    }
  }

  /** Its own time in seconds, if that is all of its own and reads back as it is; else null. */
  private static @org.jspecify.annotations.Nullable Long second(Map<String, String> own) {
    String text = own.size() == 1 ? own.get(TIME) : null;
    if (text == null || text.length() != "2026-01-02T03:04:05Z".length()) {
      return null;
    }
    try {
      Instant time = Instant.parse(text);
      return time.getNano() == 0 && time.toString().equals(text) ? time.getEpochSecond() : null;
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static long zigzag(long value) {
    return value << 1 ^ value >> 63;
  }

  private static long unzigzag(long value) {
    return value >>> 1 ^ -(value & 1);
  }

  private static void write(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  private static final class Reader {
    private final byte[] bytes;
    private int at;

    Reader(byte[] bytes) {
      this.bytes = bytes;
    }

    /** The number of entries. */
    int begin() {
      if (bytes.length < 2 || bytes[at++] != FORM) {
        throw new IllegalStateException("inventory in a form that is not known");
      }
      return (int) next();
    }

    long next() {
      long value = 0;
      int shift = 0;
      while (true) {
        byte b = bytes[at++];
        value |= (long) (b & 0x7f) << shift;
        if (b >= 0) {
          return value;
        }
        shift += 7;
      }
    }

    byte[] bytes(int length) {
      byte[] some = java.util.Arrays.copyOfRange(bytes, at, at + length);
      at += length;
      return some;
    }
  }
}

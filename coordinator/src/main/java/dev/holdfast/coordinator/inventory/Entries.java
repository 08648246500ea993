package dev.holdfast.coordinator.inventory;

import java.io.ByteArrayOutputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

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

  /** The order of entries; equal only if they are. */
  static final Comparator<Entry> ORDER =
      Comparator.comparingInt(Entry::item)
          .thenComparingLong(Entry::installed)
          .thenComparing(entry -> entry.others.isEmpty() ? "" : entry.others.toString());

  private Entries() {}

  /**
   * One entry.
   *
   * @param item the number of its item
   * @param installed when it was installed, in seconds, if that is all that is its own; else {@link
   *     #NONE}
   * @param others what is its own otherwise, by name; in the order of the names
   */
  record Entry(int item, long installed, Map<String, String> others) {
    static final long NONE = Long.MIN_VALUE;

    /** From what is its own. */
    static Entry of(int item, Map<String, String> own) {
      Long second = second(own);
      return second == null
          ? new Entry(item, NONE, own.isEmpty() ? Map.of() : new TreeMap<>(own))
          : new Entry(item, second, Map.of());
    }

    /** What is its own, by name. */
    Map<String, String> own() {
      return installed == NONE ? others : Map.of(TIME, Instant.ofEpochSecond(installed).toString());
    }
  }

  /** What went and what came, as often as it did. */
  record Difference(List<Entry> removed, List<Entry> added) {}

  /** From one content to another; both in their order. */
  static Difference between(List<Entry> before, List<Entry> after) {
    List<Entry> removed = new ArrayList<>();
    List<Entry> added = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < before.size() || j < after.size()) {
      int order =
          i == before.size()
              ? 1
              : j == after.size() ? -1 : ORDER.compare(before.get(i), after.get(j));
      if (order < 0) {
        removed.add(before.get(i++));
      } else if (order > 0) {
        added.add(after.get(j++));
      } else {
        i++;
        j++;
      }
    }
    return new Difference(removed, added);
  }

  /** Takes one out of a content in its order; whether it was there. */
  static boolean remove(List<Entry> entries, Entry entry) {
    int at = Collections.binarySearch(entries, entry, ORDER);
    if (at >= 0) {
      entries.remove(at);
    }
    return at >= 0;
  }

  /** Puts one into a content in its order. */
  static void add(List<Entry> entries, Entry entry) {
    int at = Collections.binarySearch(entries, entry, ORDER);
    entries.add(at < 0 ? -at - 1 : at, entry);
  }

  /** Whether a content in its order has an item. */
  static boolean has(List<Entry> entries, int item) {
    int low = 0;
    int high = entries.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (entries.get(middle).item < item) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < entries.size() && entries.get(low).item == item;
  }

  /** A content in its order, to bytes. */
  static byte[] pack(List<Entry> sorted) {
    long[] times =
        sorted.stream()
            .mapToLong(Entry::installed)
            .filter(t -> t != Entry.NONE)
            .sorted()
            .distinct()
            .toArray();
    Map<Map<String, String>, Integer> others = new LinkedHashMap<>();
    for (Entry entry : sorted) {
      if (!entry.others.isEmpty() && !others.containsKey(entry.others)) {
        others.put(entry.others, times.length + others.size() + 1);
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
    write(out, times.length);
    for (int i = 0; i < times.length; i++) {
      write(out, i == 0 ? zigzag(times[0]) : times[i] - times[i - 1]);
    }
    write(out, others.size());
    for (Map<String, String> other : others.keySet()) {
      byte[] bytes = Attributes.of(other).bytes();
      write(out, bytes.length);
      out.writeBytes(bytes);
    }
    if (times.length + others.size() > 0) {
      for (Entry entry : sorted) {
        write(
            out,
            entry.installed != Entry.NONE
                ? Arrays.binarySearch(times, entry.installed) + 1
                : others.getOrDefault(entry.others, 0));
      }
    }
    return out.toByteArray();
  }

  /** From bytes, in their order; the list is the caller's own. */
  static List<Entry> unpack(byte[] bytes) {
    Reader reader = new Reader(bytes);
    int count = reader.begin();
    int[] numbers = new int[count];
    int number = 0;
    for (int i = 0; i < count; i++) {
      number += (int) reader.next();
      numbers[i] = number;
    }
    long[] times = new long[(int) reader.next()];
    for (int i = 0; i < times.length; i++) {
      times[i] = i == 0 ? unzigzag(reader.next()) : times[i - 1] + reader.next();
    }
    List<Map<String, String>> others = new ArrayList<>();
    int more = (int) reader.next();
    for (int i = 0; i < more; i++) {
      others.add(new TreeMap<>(Attributes.of(reader.bytes((int) reader.next())).map()));
    }
    boolean own = times.length + more > 0;
    List<Entry> entries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int place = own ? (int) reader.next() : 0;
      entries.add(
          new Entry(
              numbers[i],
              place > 0 && place <= times.length ? times[place - 1] : Entry.NONE,
              place > times.length ? others.get(place - times.length - 1) : Map.of()));
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
  private static @Nullable Long second(Map<String, String> own) {
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
    return (value << 1) ^ (value >> 63);
  }

  private static long unzigzag(long value) {
    return (value >>> 1) ^ -(value & 1);
  }

  private static void write(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) ((rest & 0x7f) | 0x80));
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
      byte[] some = Arrays.copyOfRange(bytes, at, at + length);
      at += length;
      return some;
    }
  }
}

package dev.holdfast.coordinator.inventory;

import java.util.Arrays;

/**
 * Turns items by instance into instances by item, some millions at a time. One after the other
 * would jump through all of memory with each: ninety million times for a large fleet.
 */
final class Pairs {
  private static final int MOST = 4 << 20;

  private final Run run;
  private int[] items = new int[1 << 16];
  private int[] instances = new int[1 << 10];
  private int[] ends = new int[1 << 10];
  private int count;
  private int rows;
  private int highest;

  /** Takes who has an item. */
  @FunctionalInterface
  interface Run {
    /** Numbers of instances, in the order in which they were given, some perhaps twice. */
    void take(int item, int[] instances, int from, int count);
  }

  Pairs(Run run) {
    this.run = run;
  }

  /** The entries of one type of an instance, packed. */
  void add(int instance, byte[] entries) {
    if (rows == ends.length) {
      ends = Arrays.copyOf(ends, 2 * rows);
      instances = Arrays.copyOf(instances, 2 * rows);
    }
    Entries.numbers(entries, this::add);
    instances[rows] = instance;
    ends[rows] = count;
    rows++;
    if (count >= MOST) {
      flush();
    }
  }

  private void add(int item) {
    if (count == items.length) {
      items = Arrays.copyOf(items, 2 * count);
    }
    items[count++] = item;
    highest = Math.max(highest, item);
  }

  /** Hands over what was not handed over yet. */
  void flush() {
    int[] next = new int[highest + 2];
    for (int i = 0; i < count; i++) {
      next[items[i] + 1]++;
    }
    for (int item = 0; item <= highest; item++) {
      next[item + 1] += next[item];
    }
    int[] sorted = new int[count];
    int at = 0;
    for (int row = 0; row < rows; row++) {
      for (; at < ends[row]; at++) {
        sorted[next[items[at]]++] = instances[row];
      }
    }
    int from = 0;
    for (int item = 0; item <= highest; item++) {
      if (next[item] > from) {
        run.take(item, sorted, from, next[item] - from);
        from = next[item];
      }
    }
    count = 0;
    rows = 0;
    highest = 0;
  }
}

package dev.holdfast.coordinator.inventory;

import java.util.Arrays;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The items in memory, by number and by what they are. A number is a place in an array, so numbers
 * are best dense; what they are is found by hash in a table of numbers, which costs eight bytes an
 * item.
 */
final class HeldTable {
  private static final int PAGE_BITS = 10;
  private static final int PAGE = 1 << PAGE_BITS;

  private @Nullable Held[] @Nullable [] pages = new Held[0][];
  private int[] used = new int[0];
  private int[] slots = newSlots(1 << 10);
  private int count;

  /** The item with a number; null if nobody has it. */
  @Nullable Held get(int number) {
    int page = number >> PAGE_BITS;
    if (number < 0 || page >= pages.length) {
      return null;
    }
    @Nullable Held @Nullable [] of = pages[page];
    return of == null ? null : of[number & (PAGE - 1)];
  }

  int count() {
    return count;
  }

  /** Adds one by its number alone; it is not there yet. */
  void put(Held held) {
    int page = held.number() >> PAGE_BITS;
    if (page >= pages.length) {
      int length = Math.max(page + 1, pages.length + (pages.length >> 1));
      pages = Arrays.copyOf(pages, length);
      used = Arrays.copyOf(used, length);
    }
    @Nullable Held @Nullable [] of = pages[page];
    if (of == null) {
      of = new Held[PAGE];
      pages[page] = of;
    }
    of[held.number() & (PAGE - 1)] = held;
    used[page]++;
    count++;
  }

  /** One that is there can be found by what it is, from now on. */
  void index(Held held) {
    if (2 * count > slots.length) {
      grow();
    }
    insert(held);
  }

  /** The number of an item; -1 if nobody has it. */
  int find(String type, VersionOrder order, Attributes attributes) {
    int mask = slots.length - 1;
    for (int at = Held.hash(type, order, attributes) & mask; slots[at] >= 0; at = (at + 1) & mask) {
      Held held = get(slots[at]);
      if (held != null && held.is(type, order, attributes)) {
        return slots[at];
      }
    }
    return -1;
  }

  /** Takes one away that is there. */
  void remove(Held held) {
    unindex(held);
    drop(held);
  }

  /** Takes one away that can't be found by what it is. */
  void drop(Held held) {
    int page = held.number() >> PAGE_BITS;
    @Nullable Held @Nullable [] of = pages[page];
    if (of != null) {
      of[held.number() & (PAGE - 1)] = null;
      used[page]--;
      count--;
      if (used[page] == 0) {
        pages[page] = null; // numbers of long ago are far between
      }
    }
  }

  /** Hands over each, and drops those for which nothing comes back. */
  void each(IntFunction<Boolean> keep) {
    for (int page = 0; page < pages.length; page++) {
      for (int i = 0; i < PAGE; i++) {
        Held held = get((page << PAGE_BITS) + i);
        if (held != null && !keep.apply(held.number())) {
          drop(held);
        }
      }
    }
  }

  /** Forgets all. */
  void clear() {
    pages = new Held[0][];
    used = new int[0];
    slots = newSlots(1 << 10);
    count = 0;
  }

  private void unindex(Held held) {
    int mask = slots.length - 1;
    int at = held.hash() & mask;
    while (slots[at] != held.number()) {
      if (slots[at] < 0) {
        return;
      }
      at = (at + 1) & mask;
    }
    // What stands behind it moves up, so that no search ends too early.
    int gap = at;
    for (int next = (at + 1) & mask; slots[next] >= 0; next = (next + 1) & mask) {
      Held there = get(slots[next]);
      int home = there == null ? next : there.hash() & mask;
      if (((next - home) & mask) >= ((next - gap) & mask)) {
        slots[gap] = slots[next];
        gap = next;
      }
    }
    slots[gap] = -1;
  }

  private void grow() {
    int[] before = slots;
    slots = newSlots(Math.max(before.length << 1, Integer.highestOneBit(4 * count)));
    for (int number : before) {
      Held held = get(number);
      if (held != null) {
        insert(held);
      }
    }
  }

  private void insert(Held held) {
    int mask = slots.length - 1;
    int at = held.hash() & mask;
    while (slots[at] >= 0) {
      at = (at + 1) & mask;
    }
    slots[at] = held.number();
  }

  private static int[] newSlots(int length) {
    int[] slots = new int[length];
    Arrays.fill(slots, -1);
    return slots;
  }
}

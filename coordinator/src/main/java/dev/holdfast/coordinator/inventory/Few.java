package dev.holdfast.coordinator.inventory;

import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/** A set of numbers of which most have one or none: then there is no bitmap. */
final class Few {
  private int alone = -1;
  private @Nullable RoaringBitmap several;

  void add(int number) {
    if (several != null) {
      several.add(number);
    } else if (alone < 0) {
      alone = number;
    } else if (alone != number) {
      several = RoaringBitmap.bitmapOf(alone, number);
      alone = -1;
    }
  }

  void remove(int number) {
    if (several == null) {
      alone = alone == number ? -1 : alone;
      return;
    }
    several.remove(number);
    if (several.getCardinality() == 1) {
      alone = several.first();
      several = null;
    }
  }

  boolean isEmpty() {
    return several == null && alone < 0;
  }

  int count() {
    return several == null ? (alone < 0 ? 0 : 1) : several.getCardinality();
  }

  /** How many of them are also in a bitmap. */
  int countIn(RoaringBitmap bits) {
    return several == null
        ? (alone >= 0 && bits.contains(alone) ? 1 : 0)
        : RoaringBitmap.andCardinality(several, bits);
  }

  void into(RoaringBitmap bits) {
    if (several != null) {
      bits.or(several);
    } else if (alone >= 0) {
      bits.add(alone);
    }
  }

  /** A bitmap of the caller's own. */
  RoaringBitmap bits() {
    RoaringBitmap bits = new RoaringBitmap();
    into(bits);
    return bits;
  }

  /** Gives back what was set aside for growing. */
  void trim() {
    if (several != null) {
      several.runOptimize();
      several.trim();
    }
  }
}

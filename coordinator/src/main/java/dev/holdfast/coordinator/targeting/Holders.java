package dev.holdfast.coordinator.targeting;

import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * Those who have one value, by number. Most values are one instance's alone (a name): no bitmap.
 */
final class Holders {
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

  int count() {
    return several == null ? (alone < 0 ? 0 : 1) : several.getCardinality();
  }

  void into(RoaringBitmap bits) {
    if (several != null) {
      bits.or(several);
    } else if (alone >= 0) {
      bits.add(alone);
    }
  }
}

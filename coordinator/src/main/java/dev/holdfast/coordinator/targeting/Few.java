package dev.holdfast.coordinator.targeting;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * A set of numbers, one of very many: who has one value, what has one name. Most such sets have one
 * number or none, and then there is no bitmap. Used by one thread at a time.
 */
public final class Few {
  private int alone = -1;
  private @Nullable RoaringBitmap several;

  /** One more. */
  public void add(int number) {
    if (several != null) {
      several.add(number);
    } else if (alone < 0) {
      alone = number;
    } else if (alone != number) {
      several = RoaringBitmap.bitmapOf(alone, number);
      alone = -1;
    }
  }

  /** Adds several, best in their order. */
  public void add(int[] numbers, int from, int count) {
    if (several == null && (count == 1 || numbers[from] == numbers[from + count - 1])) {
      for (int i = from; i < from + count; i++) {
        add(numbers[i]);
      }
      return;
    }
    if (several == null) {
      several = new RoaringBitmap();
      if (alone >= 0) {
        several.add(alone);
        alone = -1;
      }
    }
    several.addN(numbers, from, count);
  }

  /** One less, if it is in it. */
  public void remove(int number) {
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

  /** Whether there is none. */
  public boolean isEmpty() {
    return several == null && alone < 0;
  }

  /** How many there are. */
  public int count() {
    return several == null ? (alone < 0 ? 0 : 1) : several.getCardinality();
  }

  /** How many of them are also in a bitmap. */
  public int countIn(RoaringBitmap bits) {
    return several == null
        ? (alone >= 0 && bits.contains(alone) ? 1 : 0)
        : RoaringBitmap.andCardinality(several, bits);
  }

  /** Adds them to a bitmap. */
  public void into(RoaringBitmap bits) {
    if (several != null) {
      bits.or(several);
    } else if (alone >= 0) {
      bits.add(alone);
    }
  }

  /**
   * Adds their bitmap, which is not to be changed, to a list, or the one that is alone to others.
   */
  public void into(List<RoaringBitmap> bitmaps, RoaringBitmap others) {
    if (several != null) {
      bitmaps.add(several);
    } else if (alone >= 0) {
      others.add(alone);
    }
  }

  /** A bitmap of the caller's own. */
  public RoaringBitmap bits() {
    RoaringBitmap bits = new RoaringBitmap();
    into(bits);
    return bits;
  }

  /** Gives back what was set aside for growing. */
  public void trim() {
    if (several != null) {
      several.runOptimize();
      several.trim();
    }
  }
}

package dev.holdfast.agent.link;

import java.time.Duration;
import java.util.Arrays;

/** How long acknowledgements took, in whole milliseconds up to a bound. On the agents' thread. */
public final class AckTimes {
  /** What took longer counts as this long. */
  static final int LONGEST_MILLIS = 600_000;

  /** How many took so many milliseconds, as far as any did. */
  private int[] counts = new int[1_000];

  private long count;

  /** One took so long. */
  void took(Duration time) {
    int millis = Math.clamp(time.toMillis(), 0, LONGEST_MILLIS);
    if (millis >= counts.length) {
      counts = Arrays.copyOf(counts, Math.min(LONGEST_MILLIS + 1, 2 * millis));
    }
    counts[millis]++;
    count++;
  }

  /** How many there were. */
  public long count() {
    return count;
  }

  /**
   * The smallest time in milliseconds within which this share of all lies; 0 if there were none.
   */
  public long millis(double share) {
    long left = (long) Math.ceil(share * count);
    for (int millis = 0; millis < counts.length; millis++) {
      left -= counts[millis];
      if (left <= 0) {
        return millis;
      }
    }
    return LONGEST_MILLIS;
  }
}

package dev.holdfast.agent.schedule;

import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * Ticks by their instants, sorted, eight bytes each: an agent with fifty associations that recur
 * every minute remembers two hundred thousand of them. Ticks are whole seconds.
 */
public final class TickSet {
  private long[] seconds = new long[4];
  private int size;

  /** Of these ticks. */
  public static TickSet of(Instant... ticks) {
    TickSet set = new TickSet();
    for (Instant tick : ticks) {
      set.add(tick);
    }
    return set;
  }

  /** Adds one; one that is there is left alone. */
  public void add(Instant tick) {
    int place = Arrays.binarySearch(seconds, 0, size, tick.getEpochSecond());
    if (place >= 0) {
      return;
    }
    int at = -place - 1;
    if (size == seconds.length) {
      seconds = Arrays.copyOf(seconds, size * 2);
    }
    System.arraycopy(seconds, at, seconds, at + 1, size - at);
    seconds[at] = tick.getEpochSecond();
    size++;
  }

  /** Whether the tick is among them. */
  public boolean contains(Instant tick) {
    return Arrays.binarySearch(seconds, 0, size, tick.getEpochSecond()) >= 0;
  }

  /** The newest that is not after the moment. */
  public Optional<Instant> newestUpTo(Instant moment) {
    int place = Arrays.binarySearch(seconds, 0, size, moment.getEpochSecond());
    int at = place >= 0 ? place : -place - 2;
    return at < 0 ? Optional.empty() : Optional.of(Instant.ofEpochSecond(seconds[at]));
  }

  /**
   * Removes the oldest.
   *
   * @throws IllegalStateException if there is none
   */
  public Instant removeOldest() {
    Instant oldest = oldest().orElseThrow(() -> new IllegalStateException("there are no ticks"));
    System.arraycopy(seconds, 1, seconds, 0, size - 1);
    size--;
    return oldest;
  }

  /** The oldest. */
  public Optional<Instant> oldest() {
    return size == 0 ? Optional.empty() : Optional.of(Instant.ofEpochSecond(seconds[0]));
  }

  /** How many. */
  public int size() {
    return size;
  }

  /** Seconds since 1970 of all of them, sorted. */
  public long[] toArray() {
    return Arrays.copyOf(seconds, size);
  }
}

package dev.holdfast.assignment;

/**
 * Up to where a set was computed: the store's epoch and a log position. An agent refuses a lower
 * one.
 *
 * @param epoch number of the store's history; only {@code restore} raises it
 * @param position log position; 0 before the first event
 */
public record Generation(long epoch, long position) implements Comparable<Generation> {

  /** Held by an agent that has never had a set. */
  public static final Generation NONE = new Generation(0, 0);

  @Override
  public int compareTo(Generation other) {
    int byEpoch = Long.compare(epoch, other.epoch);
    return byEpoch != 0 ? byEpoch : Long.compare(position, other.position);
  }

  @Override
  public String toString() {
    return epoch + "." + position;
  }
}

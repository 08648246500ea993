package dev.holdfast.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Times of which percentiles are asked, in nanoseconds. */
final class Times {
  private final List<Long> sorted;

  /** One for each target, in any order. */
  Times(List<Long> nanos) {
    this.sorted = nanos.stream().sorted().toList();
  }

  /** From looks at a count that grows; each look tells when so many had happened. */
  static final class Looks {
    private final List<Long> nanos = new ArrayList<>();
    private final int targets;

    Looks(int targets) {
      this.targets = targets;
    }

    /** So many had happened by then; true when all have. What is more than all counts as all. */
    boolean look(long atNanos, long count) {
      while (nanos.size() < Math.min(count, targets)) {
        nanos.add(atNanos);
      }
      return nanos.size() == targets;
    }

    /** How many have happened. */
    int count() {
      return nanos.size();
    }

    /** Since a moment; what had happened before it took no time. */
    Times since(long moment) {
      return new Times(nanos.stream().map(at -> Math.max(0, at - moment)).toList());
    }
  }

  /** Of several measurements together. */
  static Times of(List<Times> several) {
    return new Times(several.stream().flatMap(one -> one.sorted.stream()).toList());
  }

  /** The smallest time within which this share of all lies. */
  double millis(double share) {
    int index = (int) Math.ceil(share * sorted.size()) - 1;
    return sorted.get(Math.clamp(index, 0, sorted.size() - 1)) / 1e6;
  }

  /** p50, p99 and the longest. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%8.0f %8.0f %8.0f", millis(0.5), millis(0.99), millis(1));
  }
}

package dev.holdfast.faults;

/** How much of a case is done: a case names a count for each. */
public enum Scale {
  /** Seconds: does it hold at all. For every build. */
  SMOKE,
  /** All cases within an hour on two processors. */
  HOUR,
  /** As often and as long as it takes to find what is rare. */
  FULL;

  /** The count of this scale. */
  int of(int smoke, int hour, int full) {
    return switch (this) {
      case SMOKE -> smoke;
      case HOUR -> hour;
      case FULL -> full;
    };
  }
}

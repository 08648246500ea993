package dev.holdfast.coordinator.retention;

/** One of the kinds of rows that are looked through. */
interface Part {
  /** From its beginning. */
  void begin();

  /**
   * Looks at some, and lets go of some in one transaction at the most.
   *
   * @return whether there is more to look at
   */
  boolean step();
}

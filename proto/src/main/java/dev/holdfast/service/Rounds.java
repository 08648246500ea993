package dev.holdfast.service;

/**
 * Whether a program's work goes on. A round is one pass of its work loop, from begin to end; what
 * stands still, waits for ever or fails completes none.
 */
public interface Rounds {
  /**
   * Begins another round soon, unless the last one asked for is still under way: of those that
   * never end there is one at the most.
   */
  void ask();

  /** How many were completed, asked for or not. Any thread may look. */
  long completed();
}

package dev.holdfast.faults;

/** A fault, and what must hold nevertheless. */
interface Case {
  /** A letter and two digits; what it is called by. */
  String id();

  /** What must hold, in a line. */
  String claim();

  /** Does it; what does not hold is said to the trial, which goes on unless it can't. */
  void run(Trial trial) throws Exception;
}

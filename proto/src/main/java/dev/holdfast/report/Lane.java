package dev.holdfast.report;

/** The spool's lanes, most urgent first. Each has a sequence of its own. */
public enum Lane {
  /** Ends of runs, and compliance items. Never dropped. */
  RESULTS,
  /** Starts, progress, live output. */
  PROGRESS,
  /** Inventory. */
  INVENTORY
}

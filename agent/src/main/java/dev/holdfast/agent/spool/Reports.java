package dev.holdfast.agent.spool;

import dev.holdfast.report.Report;

/** Where facts for the coordinator go. */
public interface Reports {

  /**
   * Takes a report. When this returns, a report of the results lane is on disk and will reach the
   * coordinator, however often either side crashes.
   */
  void add(Report report);

  /**
   * What was given up for want of room since the start, and what was gone by then, in words; empty
   * if nothing was.
   */
  default String dropped() {
    return "";
  }
}

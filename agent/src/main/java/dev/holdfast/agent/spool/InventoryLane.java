package dev.holdfast.agent.spool;

import dev.holdfast.report.Report;
import java.util.OptionalLong;

/** The spool as inventory sees it: one lane, of which the newest report of each type counts. */
public interface InventoryLane {

  /** The name of the spool's epoch; another one: what was acknowledged before may be gone. */
  String epoch();

  /**
   * Takes a report, in place of the one of the same type that waits.
   *
   * @return its sequence; empty if there was no room for it
   */
  OptionalLong add(Report report);

  /** How far the coordinator has stored the lane, as far as is remembered; 0 if nothing is. */
  long storedThrough();

  /** Whether this report of this type still waits to be stored. */
  boolean waits(String type, long sequence);
}

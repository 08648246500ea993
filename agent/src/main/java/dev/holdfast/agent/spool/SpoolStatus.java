package dev.holdfast.agent.spool;

import java.time.Duration;

/**
 * How full the spool is, and what went wrong since it was opened.
 *
 * @param records reports that the coordinator has not stored
 * @param bytes on disk, with what is kept after it was stored
 * @param lostResults results given up for want of room
 * @param missingResults results that were written and were gone when it was opened
 * @param droppedProgress progress given up for want of room
 * @param droppedInventory inventory given up for want of room, or too large
 * @param droppedOutput results whose output was left out for want of room
 * @param refused reports that the coordinator refused for good
 * @param damaged pieces of the files that were set aside
 * @param oldest for about how long the oldest result waits
 */
public record SpoolStatus(
    long records,
    long bytes,
    long lostResults,
    long missingResults,
    long droppedProgress,
    long droppedInventory,
    long droppedOutput,
    long refused,
    int damaged,
    Duration oldest) {

  /** What was given up, and what was gone, in words; empty if nothing was. */
  String losses() {
    String gone =
        missingResults == 0
            ? ""
            : missingResults + " results were gone from the spool's files at the agent's start";
    if (lostResults + droppedProgress + droppedInventory + droppedOutput == 0) {
      return gone;
    }
    return (gone.isEmpty() ? "" : gone + "; ")
        + "for want of room were given up since the agent's start: "
        + lostResults
        + " results, "
        + droppedProgress
        + " reports of progress, "
        + droppedInventory
        + " of inventory, and the output of "
        + droppedOutput
        + " runs";
  }
}

package dev.holdfast.coordinator.link;

import dev.holdfast.coordinator.link.Greeting.Unacceptable;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.agent.Lane;
import dev.holdfast.wire.agent.Report;
import dev.holdfast.wire.agent.ReportBatch;

/** How many reports may come at once: pure. */
final class BatchRule {
  private BatchRule() {}

  /** How many results are in a batch. */
  static int results(ReportBatch batch) {
    int results = 0;
    for (Report report : batch.getReportsList()) {
      results += report.getLane() == Lane.LANE_RESULTS ? 1 : 0;
    }
    return results;
  }

  /**
   * Refuses a batch that is too large.
   *
   * @param count reports of it
   * @param bytes of it
   * @param unacknowledged reports before it that were not acknowledged yet
   */
  static void check(int count, long bytes, int unacknowledged) throws Unacceptable {
    if (count > Limits.MAX_BATCH_REPORTS) {
      throw new Unacceptable(
          "a batch of " + count + " reports; at most " + Limits.MAX_BATCH_REPORTS + " are allowed");
    }
    if (bytes > Limits.MAX_AGENT_MESSAGE_BYTES) {
      throw new Unacceptable(
          "a batch of "
              + bytes
              + " bytes; at most "
              + Limits.MAX_AGENT_MESSAGE_BYTES
              + " are allowed");
    }
    if (unacknowledged + count > Limits.MAX_UNACKNOWLEDGED_REPORTS) {
      throw new Unacceptable(
          "more than "
              + Limits.MAX_UNACKNOWLEDGED_REPORTS
              + " reports that were not acknowledged yet");
    }
  }
}

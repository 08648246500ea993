package dev.holdfast.coordinator.link;

import dev.holdfast.task.Limits;
import dev.holdfast.task.TokenBucket.Rate;
import dev.holdfast.task.TransportLimits;

/**
 * How much each instance may send and how often it may come; each at least 1. What may come at once
 * after a pause grows with the rates.
 *
 * @param messagesASecond of its link
 * @param bytesASecond of these
 * @param resultsAMinute among its reports
 * @param linksAMinute that it opens
 * @param returnsASecond of all instances, when the coordinator was away
 */
public record Quotas(
    int messagesASecond,
    int bytesASecond,
    int resultsAMinute,
    int linksAMinute,
    int returnsASecond) {
  private static final double MINUTE = 60;

  /** Unless configured otherwise. */
  public static final Quotas DEFAULT =
      new Quotas(
          TransportLimits.MESSAGES_A_SECOND,
          TransportLimits.BYTES_A_SECOND,
          TransportLimits.RESULTS_A_MINUTE,
          TransportLimits.LINKS_A_MINUTE,
          Limits.RECONNECTS_A_SECOND);

  /** Refuses what would let nothing in. */
  public Quotas {
    if (messagesASecond < 1
        || bytesASecond < 1
        || resultsAMinute < 1
        || linksAMinute < 1
        || returnsASecond < 1) {
      throw new IllegalArgumentException("quotas are at least 1");
    }
  }

  Rate messages() {
    return new Rate(
        messagesASecond, (double) messagesASecond * TransportLimits.MESSAGES_AT_ONCE_SECONDS);
  }

  Rate bytes() {
    return new Rate(bytesASecond, (double) bytesASecond * TransportLimits.BYTES_AT_ONCE_SECONDS);
  }

  Rate results() {
    return new Rate(
        resultsAMinute / MINUTE,
        Math.max(
            1,
            (double) resultsAMinute
                * TransportLimits.RESULTS_AT_ONCE
                / TransportLimits.RESULTS_A_MINUTE));
  }

  Rate links() {
    return new Rate(linksAMinute / MINUTE, linksAMinute);
  }
}

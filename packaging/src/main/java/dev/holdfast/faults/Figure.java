package dev.holdfast.faults;

/** What every case counts where it can. */
enum Figure {
  /** Facts that the coordinator said it had. */
  ACKED("acked"),
  /** Facts that are in its store at the end. */
  STORED("stored"),
  /** Facts that it said it had and that are not there. */
  LOST("lost"),
  /** Facts that are there more than once. */
  DUPLICATED("duplicated"),
  /** Scripts that began, by their own account. */
  STARTED("started"),
  /** Runs whose script began more often than it may. */
  STARTED_TWICE("started-twice"),
  /** Runs whose end nobody saw. */
  INTERRUPTED("interrupted"),
  /** Requests and reports that were refused. */
  REFUSED("refused"),
  /** From a change to its acknowledgement, in milliseconds: the median. */
  ACK_P50("p50-ack-ms"),
  /** The same: one of a hundred takes longer. */
  ACK_P99("p99-ack-ms"),
  /** From the end of the fault until all is well, in seconds: the longest. */
  RECOVERY("recovery-s"),
  /** The largest resident set of any program of ours, in MB. */
  PEAK_RSS("peak-rss-mb"),
  /** What one more idle agent takes of the coordinator's memory. */
  BYTES_PER_AGENT("bytes-per-agent"),
  /** Handshakes a second while they were what was asked for. */
  HANDSHAKES("handshakes/s"),
  /** Faults that were made. */
  FAULTS("faults");

  private final String text;

  Figure(String text) {
    this.text = text;
  }

  /** As it is printed. */
  String text() {
    return text;
  }
}

package dev.holdfast.agent.spool;

import java.time.Instant;

/** A segment as it lies on disk: what must be known of it without reading it. */
final class SegmentFile {
  private final long number;
  private final String path;
  private final Instant made;
  private long lastSequence;
  private long bytes;
  private int records;

  /** A segment that holds nothing but its header. */
  SegmentFile(long number, String path, Instant made, long nextSequence) {
    this.number = number;
    this.path = path;
    this.made = made;
    this.lastSequence = nextSequence - 1;
    this.bytes = Segment.HEADER_BYTES;
  }

  long number() {
    return number;
  }

  String path() {
    return path;
  }

  Instant made() {
    return made;
  }

  /** The highest sequence in it or, if it has none, before it. */
  long lastSequence() {
    return lastSequence;
  }

  long bytes() {
    return bytes;
  }

  int records() {
    return records;
  }

  void grow(long sequence, int by) {
    lastSequence = Math.max(lastSequence, sequence);
    bytes += by;
    records++;
  }
}

package dev.holdfast.agent.spool;

import dev.holdfast.agent.disk.Disk;
import dev.holdfast.task.Limits;

/**
 * Reports that the coordinator refused for good, kept in two files, each with at most half of the
 * bound: when the newer is full it takes the place of the older. Each has the form of a segment; a
 * record's key is the reason.
 */
final class DeadLetters {
  private static final String NEWER = "spool/dead/newer";
  private static final String OLDER = "spool/dead/older";
  private static final int MAX_REASON = 500;

  private final Disk disk;
  private long count;

  DeadLetters(Disk disk) {
    this.disk = disk;
  }

  /** Keeps one, durably. */
  void put(Spooled report, String reason) {
    count++;
    String key = reason.length() > MAX_REASON ? reason.substring(0, MAX_REASON) : reason;
    byte[] record = Segment.record(report.sequence(), key, report.bytes());
    byte[] newer = disk.read(NEWER).orElse(new byte[0]);
    if (newer.length + record.length > Limits.MAX_DEAD_LETTERS_BYTES / 2) {
      disk.write(OLDER, newer);
      disk.delete(NEWER);
    }
    disk.append(NEWER, record);
    disk.sync(NEWER);
  }

  /** How many came since the spool was opened. */
  long count() {
    return count;
  }
}

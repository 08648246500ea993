package dev.holdfast.agent.spool;

import dev.holdfast.agent.disk.Disk;
import dev.holdfast.task.Limits;
import java.util.Arrays;

/** Damaged pieces of the spool: kept to be looked at, up to a bound, and counted. */
final class Aside {
  private static final int MAX_PIECE_BYTES = 64 * 1024;

  private final Disk disk;
  private final String folder;
  private final Runnable beforeFirst;
  private int pieces;

  Aside(Disk disk, String folder, Runnable beforeFirst) {
    this.disk = disk;
    this.folder = folder;
    this.beforeFirst = beforeFirst;
  }

  /** Sets bytes aside. */
  void put(byte[] bytes, int offset, int end) {
    if (pieces++ == 0) {
      beforeFirst.run();
    }
    int there = disk.list(folder).size();
    if (there < Limits.MAX_SET_ASIDE) {
      int to = Math.min(end, offset + MAX_PIECE_BYTES);
      disk.write(folder + "/" + there, Arrays.copyOfRange(bytes, offset, to));
    }
  }

  /** How many pieces were set aside since the spool was opened. */
  int pieces() {
    return pieces;
  }
}

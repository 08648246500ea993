package dev.holdfast.agent.disk;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A disk for what can be done without: where there is no room, a change is left out, and what was
 * there before stays.
 */
public final class SpareDisk extends OtherDisk {
  private static final Logger LOG = LoggerFactory.getLogger("disk");

  /** Over another disk. */
  public SpareDisk(Disk disk) {
    super(disk);
  }

  @Override
  public void write(String path, byte[] content) {
    change(() -> disk.write(path, content));
  }

  @Override
  public void append(String path, byte[] content) {
    change(() -> disk.append(path, content));
  }

  private static void change(Runnable change) {
    try {
      change.run();
    } catch (DiskFullException e) {
      LOG.warn("left out reason={}", e.getMessage());
    }
  }
}

package dev.holdfast.agent.disk;

import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A disk for what can be done without: where there is no room, a change is left out, and what was
 * there before stays.
 */
public final class SpareDisk implements Disk {
  private static final Logger LOG = LoggerFactory.getLogger("disk");

  private final Disk disk;

  /** Over another disk. */
  public SpareDisk(Disk disk) {
    this.disk = disk;
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

  @Override
  public Optional<byte[]> read(String path) {
    return disk.read(path);
  }

  @Override
  public byte[] read(String path, long offset, int length) {
    return disk.read(path, offset, length);
  }

  @Override
  public void sync(String path) {
    disk.sync(path);
  }

  @Override
  public void truncate(String path, long length) {
    disk.truncate(path, length);
  }

  @Override
  public void delete(String path) {
    disk.delete(path);
  }

  @Override
  public List<String> list(String folder) {
    return disk.list(folder);
  }

  @Override
  public Space space() {
    return disk.space();
  }
}

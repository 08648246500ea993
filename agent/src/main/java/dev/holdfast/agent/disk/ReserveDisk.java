package dev.holdfast.agent.disk;

import dev.holdfast.task.Limits;
import dev.holdfast.task.RunLimits;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A disk with a reserve for what must not get lost when there is no room: how runs go and end. The
 * reserve is {@link RunLimits#RESERVE_FILES} files that hold {@link Limits#SPOOL_RESERVE_BYTES} in
 * all, less on a small file system; a change that finds no room, be it for bytes or for one more
 * file, takes one of them after the other until it fits. {@link #refill} puts them back.
 */
public final class ReserveDisk extends OtherDisk {
  private static final Logger LOG = LoggerFactory.getLogger("disk");

  /** The folder of its files. */
  public static final String FOLDER = "reserve";

  /** What may use the reserve: the ledger, the journal, the results, and how lives ended. */
  private static final List<String> VITAL =
      List.of("ledger/", "journal/", "spool/results/", "spool/epoch", "spool/stored", "lives");

  private final RandomGenerator random;

  /**
   * Over another disk; the reserve is not there before {@link #refill}.
   *
   * @param random makes the content of the reserve, so that no file system stores it in less
   */
  public ReserveDisk(Disk disk, RandomGenerator random) {
    super(disk);
    this.random = random;
  }

  /**
   * Puts back one file of the reserve if one is missing and there is room in plenty.
   *
   * @return whether another one is missing
   */
  public boolean refill() {
    Space space = disk.space();
    List<String> there = disk.list(FOLDER);
    long piece =
        Math.min(Limits.SPOOL_RESERVE_BYTES, space.total() / RunLimits.RESERVE_PART)
            / RunLimits.RESERVE_FILES;
    Optional<String> missing =
        java.util.stream.IntStream.range(0, RunLimits.RESERVE_FILES)
            .mapToObj(number -> String.format(Locale.ROOT, "%02d", number))
            .filter(name -> !there.contains(name))
            .findFirst();
    if (missing.isEmpty()) {
      return false;
    }
    if (space.scarce() || space.free() < 2 * piece) {
      return true;
    }
    byte[] content = new byte[(int) piece];
    random.nextBytes(content);
    try {
      disk.write(FOLDER + "/" + missing.get(), content);
    } catch (DiskFullException e) {
      LOG.debug("no room for the reserve yet reason={}", e.getMessage());
    }
    return there.size() + 1 < RunLimits.RESERVE_FILES;
  }

  @Override
  public void write(String path, byte[] content) {
    change(path, () -> disk.write(path, content));
  }

  @Override
  public void append(String path, byte[] content) {
    change(path, () -> disk.append(path, content));
  }

  private void change(String path, Runnable change) {
    while (true) {
      try {
        change.run();
        return;
      } catch (DiskFullException e) {
        if (VITAL.stream().noneMatch(path::startsWith)) {
          throw e;
        }
        List<String> left = disk.list(FOLDER);
        if (left.isEmpty()) {
          throw e;
        }
        LOG.warn("no room for {}; a part of the reserve is used left={}", path, left.size() - 1);
        disk.delete(FOLDER + "/" + left.getLast());
      }
    }
  }
}

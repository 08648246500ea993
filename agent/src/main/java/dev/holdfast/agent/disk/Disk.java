package dev.holdfast.agent.disk;

import dev.holdfast.task.RunLimits;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The agent's folder of state. Paths are relative to it, use {@code /}, and are made of ids and
 * numbers of our own, never of names. Every method throws {@link DiskException} when the disk
 * fails; after a failed sync the program must stop, and every later change is refused. Where there
 * is no room, {@link DiskFullException} is thrown, nothing is changed, and it can be tried again.
 */
public interface Disk {

  /** The whole content; empty if there is no such file. */
  Optional<byte[]> read(String path);

  /**
   * Bytes from the middle of a file: fewer than asked for where it ends sooner, none if there is no
   * such file.
   *
   * @param offset where to begin, from 0
   * @param length how many at the most
   */
  default byte[] read(String path, long offset, int length) {
    byte[] all = read(path).orElse(new byte[0]);
    int from = (int) Math.min(offset, all.length);
    return Arrays.copyOfRange(all, from, from + Math.min(length, all.length - from));
  }

  /**
   * Replaces the file at once and durably: a temporary file, synced, renamed, its folder synced.
   * Missing folders are made. When this returns, the content survives a power cut; if it does not
   * return, the old content is still there.
   */
  void write(String path, byte[] content);

  /** Adds to the end of a file, which is made if missing. Not durable before {@link #sync}. */
  void append(String path, byte[] content);

  /** Makes all that was appended to the file durable. */
  void sync(String path);

  /** Cuts a file to a length, durably: a torn tail found at open. */
  void truncate(String path, long length);

  /** Removes a file, or a folder with all that is in it. Nothing there is fine. */
  void delete(String path);

  /** How much room there is; boundless where nobody counts. */
  default Space space() {
    return Space.BOUNDLESS;
  }

  /**
   * Room on the file system.
   *
   * @param free bytes that the agent may still fill
   * @param total bytes that there are in all
   */
  record Space(long free, long total) {
    /** Of a disk that never fills. */
    public static final Space BOUNDLESS = new Space(Long.MAX_VALUE / 4, Long.MAX_VALUE / 4);

    /** Whether so little is left that nothing new is begun. */
    public boolean scarce() {
      return free < Math.min(RunLimits.MIN_FREE_BYTES, total / RunLimits.MIN_FREE_PART);
    }
  }

  /** Names (not paths) in a folder, sorted; none if there is no such folder. */
  List<String> list(String folder);
}

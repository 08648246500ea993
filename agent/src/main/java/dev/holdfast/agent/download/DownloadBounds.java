package dev.holdfast.agent.download;

import dev.holdfast.task.Limits;
import dev.holdfast.task.RunLimits;
import java.time.Duration;

/**
 * What a download may take.
 *
 * @param bytes of what comes, and of what it unpacks to
 * @param entries files and folders that it unpacks to
 * @param ratio how many times more than itself it may unpack to
 * @param slow the time in which at least {@code leastBytes} have to come
 */
record DownloadBounds(long bytes, int entries, int ratio, Duration slow, long leastBytes) {
  /** Those of {@link Limits}. */
  static final DownloadBounds STANDARD =
      new DownloadBounds(
          RunLimits.MAX_DOWNLOAD_BYTES,
          RunLimits.MAX_DOWNLOAD_ENTRIES,
          RunLimits.MAX_UNPACK_RATIO,
          RunLimits.SLOW_DOWNLOAD,
          RunLimits.MIN_DOWNLOAD_BYTES);

  void checkBytes(long count) {
    if (count > bytes) {
      throw new DownloadException(
          "TooLarge", "more than " + bytes + " bytes, which is the most that a step may download");
    }
  }

  void checkEntries(long count) {
    if (count > entries) {
      throw new DownloadException(
          "TooLarge",
          "more than "
              + entries
              + " files and folders, which is the most that a step may download");
    }
  }
}

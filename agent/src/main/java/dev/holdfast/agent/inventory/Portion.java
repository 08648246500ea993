package dev.holdfast.agent.inventory;

import dev.holdfast.task.Limits;
import dev.holdfast.wire.ReportCodec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** How much of an inventory type one report can carry: pure. */
final class Portion {
  /** What the items of one type may take when they are packed; the rest of a report is around. */
  static final int MOST_PACKED = Limits.MAX_REPORT_BYTES - 1024;

  /** What the wire adds to an entry and to an attribute, at the most: tags and lengths. */
  private static final int ENTRY_OVERHEAD_BYTES = 6;

  private static final int ATTRIBUTE_OVERHEAD_BYTES = 12;

  /** Fewer bytes than this fit, however badly they pack. */
  private static final int FITS_ANYHOW = MOST_PACKED * 3 / 4;

  private Portion() {}

  /** How many of the items, from the first. */
  static int of(List<Map<String, String>> items) {
    int count = unpacked(items, Limits.MAX_INVENTORY_ENTRIES, ReportCodec.MAX_INVENTORY_BYTES);
    if (unpacked(items, count, FITS_ANYHOW) == count) {
      return count;
    }
    int bytes = ReportCodec.pack(items.subList(0, count)).size();
    while (bytes > MOST_PACKED) {
      count = (int) ((long) count * MOST_PACKED / bytes * 15 / 16);
      bytes = ReportCodec.pack(items.subList(0, count)).size();
    }
    return count;
  }

  /** How many of them, so many at the most, have so many bytes at the most. */
  private static int unpacked(List<Map<String, String>> items, int mostItems, int mostBytes) {
    long bytes = 0;
    int count = 0;
    for (Map<String, String> item : items) {
      bytes += ENTRY_OVERHEAD_BYTES;
      for (Map.Entry<String, String> each : item.entrySet()) {
        bytes += ATTRIBUTE_OVERHEAD_BYTES;
        bytes += each.getKey().getBytes(StandardCharsets.UTF_8).length;
        bytes += each.getValue().getBytes(StandardCharsets.UTF_8).length;
      }
      if (count == mostItems || bytes > mostBytes) {
        return count;
      }
      count++;
    }
    return count;
  }
}

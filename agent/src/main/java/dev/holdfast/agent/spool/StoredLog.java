package dev.holdfast.agent.spool;

import dev.holdfast.agent.disk.Disk;
import dev.holdfast.agent.disk.DiskFullException;
import dev.holdfast.report.Lane;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.zip.CRC32C;

/**
 * How far the coordinator has stored each lane, and how far results were written, as far as the
 * agent remembers. It is not synced: if some of it is lost, reports are sent a second time, which
 * harms nobody, and fewer results are missed than are gone.
 */
final class StoredLog {
  private static final String PATH = "spool/stored";
  private static final int RECORD_BYTES = 16;

  /** What is remembered. */
  private enum Mark {
    STORED_RESULTS,
    STORED_PROGRESS,
    STORED_INVENTORY,

    /** Noted when the result is durable, so this is never ahead of what was on the disk. */
    WRITTEN_RESULTS,

    /** Results up to here need not be there. */
    SETTLED_RESULTS
  }

  /** A mark's number in the file is its place here. */
  private static final List<Mark> NUMBERS =
      List.of(
          Mark.STORED_RESULTS,
          Mark.STORED_PROGRESS,
          Mark.STORED_INVENTORY,
          Mark.WRITTEN_RESULTS,
          Mark.SETTLED_RESULTS);

  private static final int MAX_BYTES = 64 * 1024;

  private final Disk disk;
  private final Map<Mark, Long> marks = new EnumMap<>(Mark.class);
  private int bytes;

  private StoredLog(Disk disk) {
    this.disk = disk;
  }

  /** Reads what is remembered. */
  static StoredLog open(Disk disk) {
    StoredLog log = new StoredLog(disk);
    byte[] content = disk.read(PATH).orElse(new byte[0]);
    for (int at = 0; at + RECORD_BYTES <= content.length; at += RECORD_BYTES) {
      ByteBuffer record = ByteBuffer.wrap(content, at, RECORD_BYTES);
      int number = record.getInt();
      int crc = record.getInt();
      long sequence = record.getLong();
      if (crc != crc(number, sequence) || number < 0 || number >= NUMBERS.size()) {
        // What else there was is not known, so nothing can be said to be missing.
        log.marks.remove(Mark.WRITTEN_RESULTS);
        break;
      }
      log.marks.put(NUMBERS.get(number), sequence);
      log.bytes = at + RECORD_BYTES;
    }
    if (log.bytes < content.length) {
      disk.write(PATH, Arrays.copyOf(content, log.bytes));
    }
    return log;
  }

  long of(Lane lane) {
    return of(stored(lane));
  }

  void note(Lane lane, long sequence) {
    if (of(lane) != sequence) {
      note(stored(lane), sequence);
    }
  }

  /** The last result that was durable; empty if that is not known. */
  OptionalLong written() {
    Long written = marks.get(Mark.WRITTEN_RESULTS);
    return written == null ? OptionalLong.empty() : OptionalLong.of(written);
  }

  /** All results after this one, up to the one that was written last, should be there. */
  long settled() {
    return Math.max(of(Mark.SETTLED_RESULTS), of(Lane.RESULTS));
  }

  /** A result is durable. */
  void wrote(long sequence) {
    noteIfThereIsRoom(Mark.WRITTEN_RESULTS, sequence);
  }

  /** Results up to here may go, or have gone and were counted; durable. */
  void settle(long sequence) {
    noteIfThereIsRoom(Mark.SETTLED_RESULTS, Math.max(sequence, of(Mark.SETTLED_RESULTS)));
    disk.sync(PATH);
  }

  /** What is there now, up to this one, is all that there should be. */
  void settleAll(long written) {
    wrote(written);
    noteIfThereIsRoom(Mark.SETTLED_RESULTS, written);
    disk.sync(PATH);
  }

  /** Nothing is stored any more: the epoch is new. */
  void forget() {
    for (Lane lane : Lane.values()) {
      marks.remove(stored(lane));
    }
    rewrite();
  }

  private static Mark stored(Lane lane) {
    return switch (lane) {
      case RESULTS -> Mark.STORED_RESULTS;
      case PROGRESS -> Mark.STORED_PROGRESS;
      case INVENTORY -> Mark.STORED_INVENTORY;
    };
  }

  private long of(Mark mark) {
    return marks.getOrDefault(mark, 0L);
  }

  /** Without room results are kept all the same; what is remembered is behind then. */
  private void noteIfThereIsRoom(Mark mark, long sequence) {
    try {
      note(mark, sequence);
    } catch (DiskFullException e) {
      // as if it were lost
    }
  }

  private void note(Mark mark, long sequence) {
    marks.put(mark, sequence);
    if (bytes + RECORD_BYTES > MAX_BYTES) {
      rewrite();
    } else {
      disk.append(PATH, record(mark, sequence));
      bytes += RECORD_BYTES;
    }
  }

  /** All at once: half of it could say that something is missing. */
  private void rewrite() {
    if (marks.isEmpty()) {
      disk.delete(PATH);
      bytes = 0;
      return;
    }
    List<byte[]> records = new ArrayList<>();
    marks.forEach((mark, sequence) -> records.add(record(mark, sequence)));
    ByteBuffer all = ByteBuffer.allocate(records.size() * RECORD_BYTES);
    records.forEach(all::put);
    disk.write(PATH, all.array());
    bytes = all.capacity();
  }

  private static byte[] record(Mark mark, long sequence) {
    int number = NUMBERS.indexOf(mark);
    return ByteBuffer.allocate(RECORD_BYTES)
        .putInt(number)
        .putInt(crc(number, sequence))
        .putLong(sequence)
        .array();
  }

  private static int crc(int number, long sequence) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(12).putInt(number).putLong(sequence).array());
    return (int) crc.getValue();
  }
}

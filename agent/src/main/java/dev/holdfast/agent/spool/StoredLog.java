package dev.holdfast.agent.spool;

import dev.holdfast.agent.disk.Disk;
import dev.holdfast.report.Lane;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * How far the coordinator has stored each lane, as far as the agent remembers. It is not synced: if
 * some of it is lost, reports are sent a second time, which harms nobody.
 */
final class StoredLog {
  private static final String PATH = "spool/stored";
  private static final int RECORD_BYTES = 16;

  /** A lane's number in the file is its place here. */
  private static final List<Lane> NUMBERS = List.of(Lane.RESULTS, Lane.PROGRESS, Lane.INVENTORY);

  private static final int MAX_BYTES = 64 * 1024;

  private final Disk disk;
  private final Map<Lane, Long> stored = new EnumMap<>(Lane.class);
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
      int lane = record.getInt();
      int crc = record.getInt();
      long sequence = record.getLong();
      if (crc != crc(lane, sequence) || lane < 0 || lane >= NUMBERS.size()) {
        break;
      }
      log.stored.put(NUMBERS.get(lane), sequence);
      log.bytes = at + RECORD_BYTES;
    }
    if (log.bytes < content.length) {
      disk.write(PATH, Arrays.copyOf(content, log.bytes));
    }
    return log;
  }

  long of(Lane lane) {
    return stored.getOrDefault(lane, 0L);
  }

  void note(Lane lane, long sequence) {
    if (of(lane) == sequence) {
      return;
    }
    stored.put(lane, sequence);
    if (bytes + RECORD_BYTES > MAX_BYTES) {
      disk.delete(PATH);
      bytes = 0;
      stored.forEach(this::append);
    } else {
      append(lane, sequence);
    }
  }

  /** Nothing is stored any more: the epoch is new. */
  void forget() {
    stored.clear();
    disk.delete(PATH);
    bytes = 0;
  }

  private void append(Lane lane, long sequence) {
    ByteBuffer record = ByteBuffer.allocate(RECORD_BYTES);
    int number = NUMBERS.indexOf(lane);
    record.putInt(number).putInt(crc(number, sequence)).putLong(sequence);
    disk.append(PATH, record.array());
    bytes += RECORD_BYTES;
  }

  private static int crc(int lane, long sequence) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(12).putInt(lane).putLong(sequence).array());
    return (int) crc.getValue();
  }
}

package dev.holdfast.fuzz;

import dev.holdfast.agent.assignment.Holding;
import dev.holdfast.agent.assignment.Ledger;
import dev.holdfast.agent.disk.Disk;
import dev.holdfast.agent.life.CrashRule;
import dev.holdfast.agent.life.Lives;
import dev.holdfast.agent.spool.Spool;
import dev.holdfast.agent.spool.Spooled;
import dev.holdfast.agent.testing.MemoryDisk;
import dev.holdfast.association.InstanceId;
import dev.holdfast.testing.ManualTimers;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Files of an agent's state. Every other input gets right checksums wherever it has records, so
 * that what lies behind a checksum is reached too.
 */
final class Files {
  private static final Instant NOW = Instant.parse("2026-11-22T08:00:00Z");
  private static final InstanceId INSTANCE = new InstanceId("mi-0123456789abcdef0");
  private static final String UNKNOWN = "use the version that wrote it";

  private Files() {}

  static void spool(byte[] bytes) {
    byte[] content = sealed(bytes, Files::sealSegment);
    MemoryDisk disk = new MemoryDisk();
    for (String lane : List.of("results", "progress", "inventory")) {
      put(disk, "spool/" + lane + "/0000000000000001.seg", content);
    }
    known(
        () -> {
          int first = delivered(disk);
          int second = delivered(disk);
          Target.require(first == second, first + " reports at the first start, then " + second);
        });
  }

  private static int delivered(Disk disk) {
    Spool spool = Spool.open(disk, new ManualTimers(NOW), () -> "epoch", false);
    spool.resumed(Map.of());
    List<Spooled> next = spool.next(1_000_000);
    spool.status();
    return next.size();
  }

  static void ledger(byte[] bytes) {
    byte[] content = sealed(bytes, Files::sealFrames);
    MemoryDisk disk = new MemoryDisk();
    put(disk, "ledger/journal", content);
    put(disk, "assignments/set", content);
    put(disk, "lives", content);
    known(
        () -> {
          Ledger ledger = new Ledger(disk);
          ledger.load(NOW);
          int open = ledger.open().size();
          Ledger again = new Ledger(disk);
          Target.require(again.load(NOW) == 0, "damage is found twice");
          Target.require(again.open().size() == open, "the second start knows of other starts");
        });
    known(() -> new Holding(INSTANCE, disk).load());
    known(() -> new Lives(disk, CrashRule.DEFAULT).begin(NOW, "boot", Optional.empty()));
  }

  /** A format that is not known stops the start with a clear word; nothing else does. */
  private static void known(Runnable start) {
    try {
      start.run();
    } catch (IllegalStateException e) {
      String message = e.getMessage();
      Target.require(message != null && message.endsWith(UNKNOWN), "ended by " + e);
    }
  }

  private static void put(Disk disk, String path, byte[] content) {
    disk.write(path, content);
  }

  private interface Seal {
    void seal(byte[] bytes);
  }

  private static byte[] sealed(byte[] bytes, Seal seal) {
    if (bytes.length == 0 || bytes[0] % 2 == 0) {
      return bytes;
    }
    byte[] content = Arrays.copyOfRange(bytes, 1, bytes.length);
    seal.seal(content);
    return content;
  }

  private static void sealSegment(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    if (bytes.length < 28) {
      return;
    }
    buffer.putInt(24, crc(bytes, 0, 24));
    for (int at = 28; at + 18 <= bytes.length; ) {
      int length = Math.floorMod(buffer.getInt(at), bytes.length - at - 8 + 1);
      buffer.putInt(at, length).putInt(at + 4, crc(bytes, at + 8, length));
      at += 8 + Math.max(1, length);
    }
  }

  private static void sealFrames(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    for (int at = 0; at + 10 <= bytes.length; ) {
      int length = Math.floorMod(buffer.getInt(at + 2), bytes.length - at - 10 + 1);
      buffer.putShort(at, (short) 0x4846).putInt(at + 2, length);
      buffer.putInt(at + 6, crc(bytes, at + 10, length));
      at += 10 + length;
    }
  }

  private static int crc(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return (int) crc.getValue();
  }
}

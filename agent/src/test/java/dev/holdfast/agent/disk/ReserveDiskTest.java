package dev.holdfast.agent.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.agent.testing.MemoryDisk;
import dev.holdfast.task.Limits;
import dev.holdfast.task.RunLimits;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The reserve, on a disk in memory and on a real file system of 8 MiB. */
final class ReserveDiskTest {
  private final MemoryDisk memory = new MemoryDisk();
  private final ReserveDisk disk = new ReserveDisk(memory, new Random(1));

  @Test
  void itIsMadePieceByPieceAndHasItsSize() {
    int pieces = 1;
    while (disk.refill()) {
      pieces++;
    }
    assertEquals(RunLimits.RESERVE_FILES, pieces);
    assertFalse(disk.refill());
    assertEquals(
        Limits.SPOOL_RESERVE_BYTES,
        disk.list("reserve").stream().mapToLong(name -> memory.size("reserve/" + name)).sum());
  }

  @Test
  void onlyWhatIsVitalUsesItAndItComesBackWhenThereIsRoom() {
    while (disk.refill()) {
      // until all is there
    }
    memory.room(0);
    byte[] megabyte = new byte[1 << 20];
    for (String path :
        List.of(
            "spool/progress/1.seg", "spool/inventory/1.seg", "assignments/set", "inventory/x")) {
      assertThrows(DiskFullException.class, () -> disk.append(path, new byte[1]), path);
      assertThrows(DiskFullException.class, () -> disk.write(path, new byte[1]), path);
    }
    assertEquals(RunLimits.RESERVE_FILES, disk.list("reserve").size());

    disk.append("spool/results/1.seg", new byte[100]);
    assertEquals(RunLimits.RESERVE_FILES - 1, disk.list("reserve").size());
    disk.append("ledger/journal", new byte[100]);
    assertEquals(RunLimits.RESERVE_FILES - 1, disk.list("reserve").size(), "there was room left");
    for (int i = 0; i < RunLimits.RESERVE_FILES - 1; i++) {
      disk.write("journal/run/state" + i, megabyte);
    }
    assertThrows(DiskFullException.class, () -> disk.write("journal/run/more", megabyte));
    assertTrue(disk.refill(), "one is missing");
    assertEquals(List.of(), disk.list("reserve"), "and there is no room for it");

    memory.boundless();
    while (disk.refill()) {
      // until all is there
    }
    assertEquals(RunLimits.RESERVE_FILES, disk.list("reserve").size());
  }

  @Test
  void onARealFileSystemThatIsFullVitalThingsAreWrittenAndTheRestIsRefusedWhole(
      @TempDir Path folder) throws Exception {
    for (String most : List.of("nr_inodes=0", "nr_inodes=60")) {
      Process process =
          new ProcessBuilder(
                  "unshare",
                  "--mount",
                  "sh",
                  "-c",
                  "mount -t tmpfs -o size=8m,mode=700,"
                      + most
                      + " tmpfs \"$1\" || exit 77; shift; exec \"$@\"",
                  "sh",
                  folder.toString(),
                  ProcessHandle.current().info().command().orElse("java"),
                  "-cp",
                  classPath(),
                  SmallFileSystem.class.getName(),
                  folder.toString(),
                  most.endsWith("=0") ? "bytes" : "files")
              .redirectErrorStream(true)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(process.waitFor(60, TimeUnit.SECONDS));
      assumeTrue(
          process.exitValue() != 77 && !said.contains("unshare:"),
          "no file system can be mounted here: " + said);
      assertEquals(0, process.exitValue(), said);
    }
  }

  private static String classPath() {
    return Stream.of(
            SmallFileSystem.class,
            FileDisk.class,
            Limits.class,
            Assertions.class,
            org.opentest4j.AssertionFailedError.class,
            org.junit.platform.commons.util.UnrecoverableExceptions.class,
            org.slf4j.Logger.class)
        .map(type -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
        .distinct()
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** Runs in a process of its own, which sees the small file system. */
  static final class SmallFileSystem {
    private SmallFileSystem() {}

    /** Fills the folder with bytes or with files, and looks what can still be written. */
    public static void main(String[] arguments) throws IOException {
      FileDisk file = new FileDisk(Path.of(arguments[0]));
      ReserveDisk disk = new ReserveDisk(file, new Random(1));
      while (disk.refill()) {
        // until all is there
      }
      assertEquals(RunLimits.RESERVE_FILES, disk.list("reserve").size());
      disk.append("spool/progress/1.seg", new byte[] {1, 2, 3});
      disk.append("ledger/journal", new byte[] {4});
      disk.write("assignments/set", new byte[] {5});
      boolean bytes = arguments[1].equals("bytes");
      int fillers = 0;
      try {
        while (true) {
          file.write("filler/" + fillers, new byte[bytes ? 4096 : 1]);
          fillers++;
        }
      } catch (DiskFullException e) {
        assertTrue(fillers > 10, "filled " + fillers);
      }
      byte[] large = new byte[bytes ? 40_000 : 10];
      if (bytes) {
        assertThrows(DiskFullException.class, () -> disk.append("spool/progress/1.seg", large));
        assertArrayEquals(
            new byte[] {1, 2, 3}, disk.read("spool/progress/1.seg").orElseThrow(), "whole");
        assertTrue(file.space().scarce());
      }
      assertThrows(DiskFullException.class, () -> disk.write("assignments/set", large));
      assertArrayEquals(new byte[] {5}, disk.read("assignments/set").orElseThrow());
      assertEquals(List.of("set"), disk.list("assignments"), "nothing of it is left");
      assertThrows(DiskFullException.class, () -> disk.append("inventory/new", large));

      for (int i = 0; i < 5; i++) {
        disk.write("journal/run-" + i + "/state", large);
        disk.append("spool/results/1.seg", large);
        disk.sync("spool/results/1.seg");
        disk.append("ledger/journal", large);
        disk.sync("ledger/journal");
      }
      assertEquals(5 * large.length, disk.read("spool/results/1.seg").orElseThrow().length);
      assertEquals(5 * large.length + 1, disk.read("ledger/journal").orElseThrow().length);
      assertTrue(disk.list("reserve").size() < RunLimits.RESERVE_FILES);

      file.delete("filler");
      while (disk.refill()) {
        // until all is there
      }
      assertEquals(RunLimits.RESERVE_FILES, disk.list("reserve").size());
      disk.write("assignments/set", large);
      assertFalse(file.space().scarce());
    }
  }
}

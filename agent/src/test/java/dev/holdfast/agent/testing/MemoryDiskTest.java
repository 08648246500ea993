package dev.holdfast.agent.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.testing.Cases;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MemoryDiskTest {

  @Test
  void aPowerCutLeavesWhatWasSyncedAndABeginningOfTheRest() {
    Cases.check(
        50,
        random -> {
          MemoryDisk disk = new MemoryDisk();
          disk.append("log", new byte[] {1, 2});
          disk.sync("log");
          disk.append("log", new byte[] {3, 4, 5});

          disk.powerOn(random);

          byte[] left = disk.read("log").orElseThrow();
          assertTrue(left.length >= 2 && left.length <= 5);
          assertArrayEquals(Arrays.copyOf(new byte[] {1, 2, 3, 4, 5}, left.length), left);
        });
  }

  @Test
  void aWriteSurvivesWithoutASync() {
    MemoryDisk disk = new MemoryDisk();
    disk.write("a", new byte[] {1});
    disk.append("a", new byte[] {2});

    disk.powerOn();

    assertArrayEquals(new byte[] {1}, disk.read("a").orElseThrow());
  }

  @Test
  void aCutBeforeAnOperationUndoesItAndOneAfterDoesNot() {
    for (MemoryDisk.CutWhen when : MemoryDisk.CutWhen.values()) {
      MemoryDisk disk = new MemoryDisk();
      disk.write("a", new byte[] {1});
      disk.cutPowerAt(1, when);

      assertThrows(PowerCut.class, () -> disk.write("a", new byte[] {2}));
      assertThrows(PowerCut.class, () -> disk.write("b", new byte[] {3}));
      disk.powerOn();
      disk.write("c", new byte[] {4});

      byte expected = (byte) (when == MemoryDisk.CutWhen.BEFORE ? 1 : 2);
      assertArrayEquals(new byte[] {expected}, disk.read("a").orElseThrow());
      assertEquals(List.of("a", "c"), disk.paths());
    }
  }
}

package dev.holdfast.agent.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.agent.simulate.LightDisk;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class LightDiskTest implements DiskContract {
  @Override
  public Disk disk() {
    return new LightDisk();
  }

  @Test
  void thousandsOfAppendsAddUp() {
    Disk disk = disk();
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 5_000; i++) {
      disk.append("log", ("line " + i + "\n").getBytes(StandardCharsets.UTF_8));
      all.append("line ").append(i).append('\n');
    }

    assertEquals(all.toString(), text(disk.read("log").orElseThrow()));
  }

  @Test
  void theMiddleOfAFileIsReadUpToItsEnd() {
    Disk disk = disk();
    disk.append("log", "0123456789".getBytes(StandardCharsets.UTF_8));

    assertEquals("345", text(disk.read("log", 3, 3)));
    assertEquals("89", text(disk.read("log", 8, 5)));
    assertEquals("", text(disk.read("log", 20, 5)));
    assertEquals("", text(disk.read("none", 0, 5)));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}

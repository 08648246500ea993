package dev.holdfast.agent.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.agent.disk.Disk;
import dev.holdfast.agent.disk.FileDisk;
import dev.holdfast.report.Report;
import dev.holdfast.task.Limits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChangedInventoryTest {
  private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");

  @TempDir Path folder = Path.of("set by JUnit");

  private final List<Report> told = new ArrayList<>();
  private String epoch = "epoch-1";

  @BeforeEach
  void clear() {
    told.clear();
  }

  @Test
  void onlyWhatChangedIsPassedOn() {
    ChangedInventory inventory = inventory();

    assertEquals(
        List.of("AWS:Application", "AWS:Network"),
        inventory.take(List.of(of("AWS:Application", "1", 0), of("AWS:Network", "1", 0))));
    assertEquals(
        List.of("AWS:Network"),
        inventory.take(List.of(of("AWS:Application", "1", 60), of("AWS:Network", "2", 60))));
    assertEquals(List.of(), inventory.take(List.of(of("AWS:Network", "2", 120))));
    assertEquals(3, told.size());
  }

  @Test
  void aNewStartRemembersAndANewSpoolForgets() {
    inventory().take(List.of(of("AWS:Network", "1", 0)));

    assertEquals(List.of(), inventory().take(List.of(of("AWS:Network", "1", 60))));
    epoch = "epoch-2";
    assertEquals(List.of("AWS:Network"), inventory().take(List.of(of("AWS:Network", "1", 60))));
  }

  @Test
  void aDamagedMemoryTellsEverythingAgain() {
    Disk disk = new FileDisk(folder);
    inventory().take(List.of(of("AWS:Network", "1", 0)));
    String content = new String(disk.read("inventory/told").orElseThrow(), StandardCharsets.UTF_8);

    for (String damaged :
        List.of(
            "",
            "x",
            content.replace("AWS:Network", "AWS:Networl"),
            content.substring(0, content.length() - 4))) {
      disk.write("inventory/told", damaged.getBytes(StandardCharsets.UTF_8));
      assertEquals(
          List.of("AWS:Network"), inventory().take(List.of(of("AWS:Network", "1", 0))), damaged);
    }
  }

  @Test
  void whatDidNotChangeIsToldAgainAfterAWhileAndWhenTheClockWentBack() {
    long again = Limits.INVENTORY_AGAIN.toSeconds();
    inventory().take(List.of(of("AWS:Network", "1", 0)));

    assertEquals(List.of(), inventory().take(List.of(of("AWS:Network", "1", again))));
    assertEquals(
        List.of("AWS:Network"), inventory().take(List.of(of("AWS:Network", "1", again + 1))));
    assertEquals(List.of("AWS:Network"), inventory().take(List.of(of("AWS:Network", "1", 0))));
    assertEquals(List.of(), inventory().take(List.of(of("AWS:Network", "1", 0))));
  }

  @Test
  void aCrashBeforeTheMemoryIsWrittenTellsTwiceAndNeverNot() {
    ChangedInventory crashing =
        new ChangedInventory(
            new FileDisk(folder),
            report -> {
              told.add(report);
              throw new IllegalStateException("the power is gone");
            },
            () -> epoch);

    org.junit.jupiter.api.Assertions.assertThrows(
        IllegalStateException.class, () -> crashing.take(List.of(of("AWS:Network", "1", 0))));

    assertEquals(List.of("AWS:Network"), inventory().take(List.of(of("AWS:Network", "1", 0))));
  }

  private ChangedInventory inventory() {
    return new ChangedInventory(new FileDisk(folder), told::add, () -> epoch);
  }

  private static Report.Inventory of(String type, String value, long seconds) {
    List<Map<String, String>> items = List.of(Map.of("Name", value));
    return new Report.Inventory(
        type, "1.0", NOW.plusSeconds(seconds), ContentHash.of(items).hex(), items);
  }
}

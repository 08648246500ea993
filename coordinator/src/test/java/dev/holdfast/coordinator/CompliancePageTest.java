package dev.holdfast.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.task.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of docs/compliance.md, made in their order against a coordinator. */
final class CompliancePageTest {
  @Test
  void everyCallOfThePageIsAnsweredInItsOrder(@TempDir Path folder) throws Exception {
    Path data = folder.resolve("data");
    Running.start(data).close();
    try (Store store = Store.open(data, Instant::now, Store.Durability.PROCESS)) {
      store.write(
          write -> {
            InstanceId id = new InstanceId("mi-0123456789abcdef0");
            Instances.add(write, id, "web", "", "", "", new byte[0], "", "web-1");
            return true;
          });
    }
    PageCalls calls = PageCalls.of("compliance.md");
    assertEquals(
        3, calls.names().stream().filter("ComplianceService/PutComplianceItems"::equals).count());
    try (Running running = Running.start(data)) {
      calls.makeAll(new Reflected(running.admin(running.adminToken())), new LinkedHashMap<>());
    }
  }

  @Test
  void theLimitsOfThePageAreThoseOfTheCode() throws IOException {
    String page =
        Files.readString(Path.of(System.getProperty("holdfast.root"), "docs", "compliance.md"));

    for (String line :
        List.of(
            String.format("| items of a type of an instance | %,d |", Limits.MAX_COMPLIANCE_ITEMS),
            "| types of your own of an instance that have items | "
                + Limits.MAX_CUSTOM_COMPLIANCE_TYPES
                + " |",
            String.format(
                "%,d bytes; the id %d characters, the title %d, the name of a detail %d, %d"
                    + " details",
                Limits.MAX_COMPLIANCE_ITEM_BYTES,
                Limits.MAX_COMPLIANCE_ID_CHARS,
                Limits.MAX_COMPLIANCE_TITLE_CHARS,
                Limits.MAX_COMPLIANCE_DETAIL_NAME_CHARS,
                Limits.MAX_COMPLIANCE_DETAILS),
            "| all items of a type | " + Limits.MAX_COMPLIANCE_BYTES / 1024 + " KiB |",
            "packed as they travel | " + Limits.MAX_REPORT_BYTES / 1024 + " KiB,")) {
      assertTrue(page.contains(line), line);
    }
  }
}

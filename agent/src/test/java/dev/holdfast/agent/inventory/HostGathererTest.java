package dev.holdfast.agent.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.process.OsQuery;
import dev.holdfast.inventory.Items;
import dev.holdfast.report.Report;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.ReportCodec;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HostGathererTest {
  private static final Instant NOW = Instant.parse("2026-03-04T05:06:07.890Z");

  @TempDir Path folder = Path.of("set by JUnit");

  @Test
  void thisHostHasEachTypeAndTwoLooksAreTheSame() {
    HostGatherer gatherer = gatherer(Path.of("/"));

    Map<String, Report.Inventory> first = byType(gatherer.gather(Gathering.of(gatherer.types())));
    Map<String, Report.Inventory> second = byType(gatherer.gather(Gathering.of(gatherer.types())));

    assertEquals(gatherer.types(), first.keySet());
    Map<String, String> information = only(first, InventoryTypes.INSTANCE_INFORMATION);
    assertEquals("mi-0123456789abcdef0", information.get("InstanceId"));
    assertEquals("0.1", information.get("AgentVersion"));
    assertEquals("Linux", information.get("PlatformType"));
    assertTrue(information.containsKey("PlatformName"), information::toString);
    assertTrue(information.containsKey("ComputerName"), information::toString);
    Map<String, String> details = only(first, InventoryTypes.INSTANCE_DETAILED_INFORMATION);
    assertTrue(Integer.parseInt(details.getOrDefault("CPUs", "0")) > 0, details::toString);
    assertTrue(details.containsKey("KernelVersion"), details::toString);
    first.forEach(
        (type, inventory) -> {
          assertEquals(Instant.parse("2026-03-04T05:06:07Z"), inventory.captureTime());
          assertEquals(Items.hash(inventory.items()), inventory.contentHash());
          if (!type.equals(InventoryTypes.SERVICE)) {
            assertEquals(inventory, second.get(type));
          }
        });
  }

  @Test
  void onlyTypesThatAreAskedForAndKnownAreGathered() {
    assertEquals(
        Set.of(InventoryTypes.NETWORK),
        byType(gatherer(folder).gather(Gathering.of(Set.of(InventoryTypes.NETWORK, "AWS:File"))))
            .keySet());
  }

  @Test
  void entriesAreSortedAndBounded() throws IOException {
    int more = Limits.MAX_INVENTORY_ENTRIES + 3;
    Files.createDirectories(folder.resolve("lib/apk/db"));
    Files.writeString(
        folder.resolve("lib/apk/db/installed"),
        IntStream.range(0, more)
            .mapToObj(i -> "P:p%05d%nV:1%n%n".formatted(more - 1 - i))
            .collect(Collectors.joining()));

    Report.Inventory gathered =
        gatherer(folder).gather(Gathering.of(Set.of(InventoryTypes.APPLICATION))).getFirst();

    assertEquals(Limits.MAX_INVENTORY_ENTRIES, gathered.items().size());
    assertEquals("p00000", gathered.items().getFirst().get("Name"));
    assertEquals("p09999", gathered.items().getLast().get("Name"));
  }

  @Test
  void whatAReportCannotCarryIsLeftOut() throws IOException {
    String summary = "\u00e4".repeat(Limits.MAX_INVENTORY_VALUE_CHARS);
    Files.createDirectories(folder.resolve("lib/apk/db"));
    Files.writeString(
        folder.resolve("lib/apk/db/installed"),
        IntStream.range(0, 1_000)
            .mapToObj(i -> "P:p%03d%nT:%s%n%n".formatted(i, summary))
            .collect(Collectors.joining()));

    Report.Inventory gathered =
        gatherer(folder).gather(Gathering.of(Set.of(InventoryTypes.APPLICATION))).getFirst();

    assertEquals(gathered, ReportCodec.fromProto(ReportCodec.toProto(1, gathered)));
    assertTrue(gathered.items().size() < 1_000);
    assertTrue(
        gathered.items().size() > ReportCodec.MAX_INVENTORY_BYTES / summary.length() / 2 - 10);
  }

  @Test
  void aThousandPackagesCostLessThanHalfASecondOfProcessorTime() throws IOException {
    Files.createDirectories(folder.resolve("var/lib/dpkg"));
    Files.writeString(
        folder.resolve("var/lib/dpkg/status"),
        IntStream.range(0, 1_000)
            .mapToObj(
                i ->
                    "Package: p%d%nStatus: install ok installed%nVersion: 1%nDescription: x%n%s%n"
                        .formatted(i, " a line of the long text\n".repeat(20)))
            .collect(Collectors.joining()));
    HostGatherer gatherer = gatherer(folder);
    gatherer.gather(Gathering.of(gatherer.types()));

    long before = cpuNanos();
    List<Report.Inventory> gathered = gatherer.gather(Gathering.of(gatherer.types()));
    long spent = cpuNanos() - before;

    assertEquals(1_000, items(byType(gathered), InventoryTypes.APPLICATION).size());
    assertTrue(spent < 500_000_000L, "spent " + spent / 1_000_000 + " ms");
  }

  @Test
  void theNativeLibraryIsUnpackedOnlyWhereItShould() {
    gatherer(folder).gather(Gathering.of(Set.of(InventoryTypes.INSTANCE_INFORMATION)));

    assertEquals(folder.toString(), System.getProperty("jna.tmpdir"));
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private HostGatherer gatherer(Path root) {
    return new HostGatherer(
        root,
        folder,
        new OsQuery(),
        InstantSource.fixed(NOW),
        "0.1",
        Optional.of("mi-0123456789abcdef0"));
  }

  private static Map<String, Report.Inventory> byType(List<Report.Inventory> gathered) {
    return gathered.stream().collect(Collectors.toMap(Report.Inventory::typeName, each -> each));
  }

  private static Map<String, String> only(Map<String, Report.Inventory> gathered, String type) {
    List<Map<String, String>> items = items(gathered, type);
    assertEquals(1, items.size());
    return items.getFirst();
  }

  private static List<Map<String, String>> items(
      Map<String, Report.Inventory> gathered, String type) {
    return Objects.requireNonNull(gathered.get(type), type).items();
  }
}

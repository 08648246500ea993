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
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HostGathererTest {
  private static final Instant NOW = Instant.parse("2026-03-04T05:06:07.890Z");

  /** Other tests begin and end processes meanwhile. */
  private static final Set<String> VOLATILE =
      Set.of(InventoryTypes.SERVICE, InventoryTypes.PORT, InventoryTypes.DISK);

  @TempDir Path folder = Path.of("set by JUnit");

  @Test
  void thisHostHasEachTypeAndTwoLooksAreTheSame() {
    HostGatherer gatherer = gatherer(Path.of("/"));

    Set<String> types = quick(gatherer);
    Map<String, Report.Inventory> first = byType(gatherer.gather(Gathering.of(types)));
    Map<String, Report.Inventory> second = byType(gatherer.gather(Gathering.of(types)));

    assertEquals(types, first.keySet());
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
          if (!VOLATILE.contains(type)) {
            assertEquals(inventory, second.get(type));
          }
        });
  }

  @Test
  void onlyTypesThatAreAskedForAndKnownAreGathered() {
    assertEquals(
        Set.of(InventoryTypes.NETWORK),
        byType(gatherer(folder).gather(Gathering.of(Set.of(InventoryTypes.NETWORK, "AWS:Nothing"))))
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
        gatherer(folder)
            .gather(Gathering.of(Set.of(InventoryTypes.APPLICATION)))
            .types()
            .getFirst();

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
        gatherer(folder)
            .gather(Gathering.of(Set.of(InventoryTypes.APPLICATION)))
            .types()
            .getFirst();

    assertEquals(gathered, ReportCodec.fromProto(ReportCodec.toProto(1, gathered)));
    assertTrue(gathered.items().size() < 1_000);
    assertTrue(
        gathered.items().size() > ReportCodec.MAX_INVENTORY_BYTES / summary.length() / 2 - 10);
  }

  @Test
  void aTypeThatCannotBeReadIsNamedAndTheOthersAreTold() throws IOException {
    Files.createDirectories(folder.resolve("custom"));
    Files.writeString(folder.resolve("custom/rack.json"), "{}");

    Gatherer.Found found =
        gatherer(folder).gather(Gathering.of(Set.of(Gathering.CUSTOM, InventoryTypes.USER)));

    assertEquals(Set.of(InventoryTypes.USER), byType(found).keySet());
    assertEquals(1, found.failures().size());
    assertTrue(found.failures().getFirst().contains("rack.json"), found.failures()::toString);
  }

  @Test
  void typesOfPeopleAreToldByTheirOwnNames() throws IOException {
    Files.createDirectories(folder.resolve("elsewhere"));
    Files.writeString(
        folder.resolve("elsewhere/rack.json"),
        "{\"SchemaVersion\":\"2.1\",\"TypeName\":\"Custom:Rack\",\"Content\":{\"Row\":\"7\"}}");

    Gatherer.Found found =
        gatherer(folder)
            .gather(
                new Gathering(
                    Set.of(Gathering.CUSTOM),
                    List.of(),
                    List.of(),
                    Optional.of(folder.resolve("elsewhere").toString())));

    Report.Inventory rack = found.types().getFirst();
    assertEquals("Custom:Rack", rack.typeName());
    assertEquals("2.1", rack.schemaVersion());
    assertEquals(List.of(Map.of("Row", "7")), rack.items());
  }

  /**
   * Prints what a gathering of all types costs on a host with a thousand packages; the processes,
   * sockets and file systems are this host's.
   */
  @Test
  void gatheringAThousandPackagesLeavesNothingBehindInMemory() throws IOException {
    Files.createDirectories(folder.resolve("var/lib/dpkg"));
    Files.createSymbolicLink(folder.resolve("proc"), Path.of("/proc"));
    Files.createSymbolicLink(folder.resolve("etc"), Path.of("/etc"));
    Files.writeString(
        folder.resolve("var/lib/dpkg/status"),
        IntStream.range(0, 1_000)
            .mapToObj(
                i ->
                    "Package: p%d%nStatus: install ok installed%nVersion: 1%nDescription: x%n%s%n"
                        .formatted(i, " a line of the long text\n".repeat(20)))
            .collect(Collectors.joining()));
    HostGatherer gatherer = gatherer(folder);

    long first = cpuMillis(gatherer);
    for (int i = 0; i < 10; i++) {
      cpuMillis(gatherer);
    }
    long before = heapBytes();
    long later = cpuMillis(gatherer);
    for (int i = 0; i < 20; i++) {
      cpuMillis(gatherer);
    }
    long grown = heapBytes() - before;

    System.out.println(
        "inventory of 1,000 packages and all other types: "
            + first
            + " ms of processor time at first, "
            + later
            + " ms later; the heap grew by "
            + grown / 1024
            + " KiB over 20 gatherings");
    assertTrue(grown < 4 * 1024 * 1024, "the heap grew by " + grown + " bytes");
  }

  private static long cpuMillis(HostGatherer gatherer) {
    long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    Gatherer.Found found = gatherer.gather(Gathering.of(gatherer.types()));
    assertEquals(1_000, items(byType(found), InventoryTypes.APPLICATION).size());
    return (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before) / 1_000_000;
  }

  private static long heapBytes() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Test
  void theNativeLibraryIsUnpackedOnlyWhereItShould() {
    gatherer(folder).gather(Gathering.of(Set.of(InventoryTypes.INSTANCE_INFORMATION)));

    assertEquals(folder.toString(), System.getProperty("jna.tmpdir"));
  }

  /** Without what asks a package manager, which takes seconds. */
  private static Set<String> quick(HostGatherer gatherer) {
    Set<String> types = new TreeSet<>(gatherer.types());
    types.remove(InventoryTypes.PENDING_UPDATE);
    types.remove(InventoryTypes.CONTAINER);
    types.remove(Gathering.CUSTOM);
    return types;
  }

  private HostGatherer gatherer(Path root) {
    return new HostGatherer(
        root,
        folder,
        folder.resolve("custom"),
        new OsQuery(),
        InstantSource.fixed(NOW),
        "0.1",
        Optional.of("mi-0123456789abcdef0"));
  }

  private static Map<String, Report.Inventory> byType(Gatherer.Found gathered) {
    return gathered.types().stream()
        .collect(Collectors.toMap(Report.Inventory::typeName, each -> each));
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

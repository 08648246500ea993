package dev.holdfast.coordinator.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.compliance.Severity;
import dev.holdfast.compliance.Status;
import dev.holdfast.coordinator.admin.Calls;
import dev.holdfast.coordinator.admin.Feeds;
import dev.holdfast.coordinator.admin.Pages;
import dev.holdfast.coordinator.admin.Refusal;
import dev.holdfast.coordinator.store.Compliance;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.testing.AsAdmin;
import dev.holdfast.coordinator.testing.Estate;
import dev.holdfast.inventory.Items;
import dev.holdfast.report.Report;
import dev.holdfast.wire.v1.ExportFleetRequest;
import dev.holdfast.wire.v1.ExportFleetResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(AsAdmin.class)
class FleetExportTest {
  private static final String APPLICATION = "AWS:Application";

  @TempDir Path folder;
  private Estate estate;
  private Calls calls;

  @BeforeEach
  void open() {
    estate = new Estate(folder);
    calls = new Calls(estate.store, () -> new UUID(0, 1));
    for (int i = 1; i <= 5; i++) {
      estate.addInstance(i);
    }
    put(1, APPLICATION, List.of(Map.of("Name", "bash", "Version", "5.1"), Map.of("Name", "zsh")));
    put(1, "Custom:Rack", List.of(Map.of("Row", "7\n\"x\"")));
    put(2, APPLICATION, List.of());
    put(3, APPLICATION, List.of(Map.of("Name", "bash", "Version", "5.2")));
    put(5, APPLICATION, List.of(Map.of("Name", "dash")));
    item(3, "a", Status.NON_COMPLIANT, Severity.HIGH);
    item(3, "b", Status.COMPLIANT, Severity.LOW);
    item(4, "a", Status.UNKNOWN, Severity.CRITICAL);
  }

  @AfterEach
  void close() {
    estate.close();
  }

  @Test
  void eachTypeOfEachInstanceIsAFileOfJsonLines() {
    Map<String, List<String>> files = all();

    assertEquals(
        List.of(
            "{\"Name\":\"bash\",\"Version\":\"5.1\",\"captureTime\":\"2026-11-24T12:00:00Z\","
                + "\"resourceId\":\"mi-00000000000000001\",\"schemaVersion\":\"1.1\"}",
            "{\"Name\":\"zsh\",\"captureTime\":\"2026-11-24T12:00:00Z\","
                + "\"resourceId\":\"mi-00000000000000001\",\"schemaVersion\":\"1.1\"}"),
        files.get(path(APPLICATION, 1)));
    assertTrue(lines(files, "Custom:Rack", 1).getFirst().contains("\"Row\":\"7\\n\\\"x\\\"\""));
    assertEquals(
        List.of(
            path(APPLICATION, 1),
            path(APPLICATION, 3),
            path(APPLICATION, 5),
            path("AWS:ComplianceItem", 3),
            path("AWS:ComplianceItem", 4),
            path("AWS:ComplianceSummary", 3),
            path("AWS:ComplianceSummary", 4),
            path("Custom:Rack", 1)),
        List.copyOf(files.keySet()));
    assertEquals(2, lines(files, "AWS:ComplianceItem", 3).size());
    String summary = lines(files, "AWS:ComplianceSummary", 3).getFirst();
    for (String part :
        List.of(
            "\"Status\":\"NON_COMPLIANT\"",
            "\"OverallSeverity\":\"HIGH\"",
            "\"NonCompliantHighCount\":\"1\"",
            "\"CompliantLowCount\":\"1\"",
            "\"CompliantHighCount\":\"0\"")) {
      assertTrue(summary.contains(part), summary);
    }
  }

  @Test
  void onlyTheTypesAskedForAndOnlyInstancesThatAreThere() {
    estate.store.write(write -> Instances.deregister(write, Estate.instance(3)));

    Map<String, List<String>> files =
        lines(export(ExportFleetRequest.newBuilder().addTypes(APPLICATION)), -1, new TreeMap<>());

    assertEquals(List.of(path(APPLICATION, 1), path(APPLICATION, 5)), List.copyOf(files.keySet()));
  }

  @Test
  void whereverItIsCutItGoesOnAndNothingIsMissingOrTwice() {
    Map<String, List<String>> whole = all();
    Random random = new Random(3);
    for (int round = 0; round < 100; round++) {
      Map<String, List<String>> files = new TreeMap<>();
      String cursor = "";
      while (true) {
        List<ExportFleetResponse> taken = new ArrayList<>();
        FleetExport export = export(ExportFleetRequest.newBuilder().setAfter(cursor));
        // At least two: a file of two lines never ends if each try takes one.
        boolean over = take(export, 2 + random.nextInt(4), taken);
        put(taken, files);
        if (over) {
          break;
        }
        cursor = taken.getLast().getCursor();
      }
      assertEquals(whole, files);
    }
  }

  @Test
  void aCursorThatWasNotGivenOutIsRefused() {
    for (String cursor : List.of("nonsense", Pages.token("mi-1|AWS:Application"))) {
      Refusal refusal =
          assertThrows(
              Refusal.class, () -> export(ExportFleetRequest.newBuilder().setAfter(cursor)));
      assertEquals("InvalidNextToken", refusal.reason());
    }
  }

  private Map<String, List<String>> all() {
    return lines(export(ExportFleetRequest.newBuilder()), -1, new TreeMap<>());
  }

  private FleetExport export(ExportFleetRequest.Builder request) {
    return new FleetExport(calls, "fleet.test", request.build());
  }

  private static Map<String, List<String>> lines(
      FleetExport export, int atMost, Map<String, List<String>> files) {
    List<ExportFleetResponse> taken = new ArrayList<>();
    take(export, atMost, taken);
    put(taken, files);
    return files;
  }

  /** Takes lines; whether these were the last. */
  private static boolean take(FleetExport export, int atMost, List<ExportFleetResponse> taken) {
    while (true) {
      Feeds.Chunk<ExportFleetResponse> chunk = export.next();
      for (Feeds.Item<ExportFleetResponse> line : chunk.items()) {
        if (taken.size() == atMost) {
          return false;
        }
        taken.add(line.message());
      }
      if (chunk.over()) {
        return true;
      }
    }
  }

  /** As a reader does: the first line of a file that comes begins it anew. */
  private static void put(List<ExportFleetResponse> taken, Map<String, List<String>> files) {
    String path = "";
    for (ExportFleetResponse line : taken) {
      if (!line.getPath().equals(path)) {
        path = line.getPath();
        files.put(path, new ArrayList<>());
      }
      files.computeIfAbsent(path, _ -> new ArrayList<>()).add(line.getLine());
    }
  }

  private static List<String> lines(Map<String, List<String>> files, String type, int instance) {
    return files.getOrDefault(path(type, instance), List.of());
  }

  private static String path(String type, int instance) {
    return type
        + "/accountid=fleet.test/region=local/resourcetype=ManagedInstanceInventory/"
        + Estate.instance(instance)
        + ".json";
  }

  private void put(int instance, String type, List<Map<String, String>> items) {
    estate.store.write(
        write ->
            new InventoryDesk(new Stock())
                .whole(
                    write,
                    Estate.instance(instance),
                    new Report.Inventory(type, "1.1", Estate.START, Items.hash(items), items)));
  }

  private void item(int instance, String id, Status status, Severity severity) {
    estate.store.write(
        write -> {
          Compliance.put(
              write,
              new Compliance.Item(
                  Estate.instance(instance),
                  Compliance.ASSOCIATION,
                  id,
                  "title",
                  status,
                  severity,
                  Estate.START,
                  "run",
                  "Association",
                  Map.of("DocumentName", "doc"),
                  List.of(),
                  Estate.START,
                  Optional.empty(),
                  1,
                  1,
                  Estate.START));
          return true;
        });
  }
}

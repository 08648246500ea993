package dev.holdfast.coordinator.inventory;

import dev.holdfast.association.InstanceId;
import dev.holdfast.compliance.Severity;
import dev.holdfast.compliance.Status;
import dev.holdfast.coordinator.store.Compliance;
import dev.holdfast.coordinator.store.ComplianceLists;
import dev.holdfast.coordinator.store.ComplianceLists.Cell;
import dev.holdfast.coordinator.store.ComplianceLists.Resource;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Inventories;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.document.JsonText;
import dev.holdfast.document.Value;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The fleet as files, one for each type on each instance, a JSON object a line (spec.md section
 * 5.7). Compliance is two types more.
 */
final class FleetFiles {
  /** The compliance items of an instance, one a line. */
  static final String COMPLIANCE_ITEM = "AWS:ComplianceItem";

  /** Where an instance stands in each compliance type, one a line. */
  static final String COMPLIANCE_SUMMARY = "AWS:ComplianceSummary";

  /** More than an instance can have: its limits are lower. */
  private static final int MOST_COMPLIANCE_TYPES = 100;

  private final String domain;
  private final Predicate<String> wanted;

  /**
   * Those of some types.
   *
   * @param domain whose fleet it is
   * @param types empty: all
   */
  FleetFiles(String domain, Set<String> types) {
    this.domain = domain;
    this.wanted = type -> types.isEmpty() || types.contains(type);
  }

  /**
   * A place in the order of the files: by instance, then by type.
   *
   * @param type empty: before the first of that instance
   */
  record Place(String instance, String type) {
    /** Before all. */
    static final Place START = new Place("", "");
  }

  /** A file. */
  record File(Place place, List<String> lines) {
    /** Copies. */
    File {
      lines = List.copyOf(lines);
    }
  }

  /** Where a file belongs, below a folder. */
  String path(Place place) {
    return place.type
        + "/accountid="
        + domain
        + "/region=local/resourcetype=ManagedInstanceInventory/"
        + place.instance
        + ".json";
  }

  /**
   * The files of one instance behind a place; each line is read when it is asked for.
   *
   * @return places in their order
   */
  List<Place> of(Read read, InstanceId instance, String afterType) {
    TreeSet<String> types = new TreeSet<>(Inventories.types(read, instance));
    if (!standings(read, instance).isEmpty()) {
      types.add(COMPLIANCE_ITEM);
      types.add(COMPLIANCE_SUMMARY);
    }
    return types.tailSet(afterType, false).stream()
        .filter(wanted)
        .map(type -> new Place(instance.value(), type))
        .toList();
  }

  /** The instance whose turn it is after one that is done; empty at the end. */
  static Optional<InstanceId> next(Read read, String instance) {
    return Instances.list(read, instance, 1).stream().map(Instances.Instance::id).findFirst();
  }

  /** What is in a file; nothing if what it is of is gone. */
  File file(Read read, Place place) {
    InstanceId instance = new InstanceId(place.instance);
    List<String> lines =
        switch (place.type) {
          case COMPLIANCE_ITEM -> items(read, instance);
          case COMPLIANCE_SUMMARY -> summaries(read, instance);
          default -> inventory(read, instance, place.type);
        };
    return new File(place, lines);
  }

  private static List<String> inventory(Read read, InstanceId instance, String type) {
    return Inventories.find(read, instance, type).stream()
        .flatMap(
            row ->
                new Forms(read)
                    .entries(row).stream()
                        .map(
                            item -> {
                              Map<String, String> line = new TreeMap<>(item);
                              line.put("resourceId", instance.value());
                              line.put("captureTime", text(row.captured()));
                              line.put("schemaVersion", row.schemaVersion());
                              return json(line);
                            }))
        .toList();
  }

  private static List<Resource> standings(Read read, InstanceId instance) {
    return ComplianceLists.resources(
        read,
        ComplianceLists.Place.START,
        new ComplianceLists.Wanted(
            Set.of(instance.value()), Set.of(), Set.of(), Set.of(), Set.of()),
        MOST_COMPLIANCE_TYPES);
  }

  private static List<String> items(Read read, InstanceId instance) {
    List<String> lines = new ArrayList<>();
    for (Resource standing : standings(read, instance)) {
      for (Compliance.Item item : Compliance.of(read, instance, standing.type())) {
        Map<String, String> line = new TreeMap<>(item.details());
        line.put("ComplianceType", item.type());
        line.put("Id", item.id());
        line.put("Title", item.title());
        line.put("Status", item.status().name());
        line.put("Severity", item.severity().name());
        line.put("ExecutionId", item.executionId());
        line.put("ExecutionType", item.executionType());
        line.put("ExecutionTime", text(item.executionTime()));
        line.put("Since", text(item.since()));
        item.freshUntil().ifPresent(at -> line.put("FreshUntil", text(at)));
        line.put("resourceId", instance.value());
        line.put("captureTime", text(item.reported()));
        line.put("schemaVersion", "1.0");
        lines.add(json(line));
      }
    }
    return lines;
  }

  private static List<String> summaries(Read read, InstanceId instance) {
    List<String> lines = new ArrayList<>();
    for (Resource standing : standings(read, instance)) {
      Map<String, String> line = new TreeMap<>();
      line.put("ComplianceType", standing.type());
      line.put("Status", standing.status().name());
      line.put("OverallSeverity", standing.severity().name());
      counts("Compliant", Status.COMPLIANT, standing.items(), line);
      counts("NonCompliant", Status.NON_COMPLIANT, standing.items(), line);
      counts("Unknown", Status.UNKNOWN, standing.items(), line);
      ComplianceLists.newest(read, instance.value(), standing.type())
          .ifPresent(
              newest -> {
                line.put("ExecutionId", newest.id());
                line.put("ExecutionType", newest.type());
                line.put("ExecutionTime", text(newest.time()));
                line.put("captureTime", text(newest.time()));
              });
      line.put("resourceId", instance.value());
      line.put("schemaVersion", "1.0");
      lines.add(json(line));
    }
    return lines;
  }

  private static void counts(
      String side, Status status, Map<Cell, Integer> items, Map<String, String> line) {
    int all = 0;
    for (Severity severity : Severity.values()) {
      int count = items.getOrDefault(new Cell(status, severity), 0);
      String name =
          severity.name().charAt(0) + severity.name().substring(1).toLowerCase(Locale.ROOT);
      line.put(side + name + "Count", Integer.toString(count));
      all += count;
    }
    line.put(side + "Count", Integer.toString(all));
  }

  private static String text(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static String json(Map<String, String> line) {
    Map<String, Value> fields = new TreeMap<>();
    line.forEach((name, value) -> fields.put(name, new Value.Text(value)));
    return JsonText.canonical(new Value.Fields(fields));
  }
}

package dev.holdfast.coordinator.inventory;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.Findings;
import dev.holdfast.coordinator.admin.Pages;
import dev.holdfast.coordinator.admin.Refusal;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Inventories;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.task.InventoryLimits;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.InventoryEntry;
import dev.holdfast.wire.v1.ListInventoryEntriesRequest;
import dev.holdfast.wire.v1.ListInventoryEntriesResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Answers {@code ListInventoryEntries}: the entries of one type of one instance. */
final class EntryList {
  private EntryList() {}

  static ListInventoryEntriesResponse page(
      Read read, Instances.Instance instance, ListInventoryEntriesRequest request) {
    List<Clause> clauses = clauses(request);
    return Inventories.find(read, instance.id(), request.getTypeName())
        .map(row -> page(read, row, instance, clauses, request))
        .orElseGet(() -> head(instance.id(), request).build());
  }

  private static List<Clause> clauses(ListInventoryEntriesRequest request) {
    Findings findings = new Findings();
    if (request.getFiltersCount() > InventoryLimits.MAX_FILTERS) {
      findings.add(
          "filters",
          request.getFiltersCount()
              + " filters; at most "
              + InventoryLimits.MAX_FILTERS
              + " are allowed");
    }
    String prefix = request.getTypeName() + ".";
    List<Clause> clauses = new ArrayList<>();
    for (int i = 0; i < request.getFiltersCount(); i++) {
      String key = request.getFilters(i).getKey();
      String path = "filters[" + i + "]";
      String attribute = key.startsWith(prefix) ? key.substring(prefix.length()) : key;
      if (attribute.isEmpty() || key.length() > Asked.MAX_CHARS) {
        findings.add(
            path + ".key",
            "allowed are the names of attributes, of 1 to " + Asked.MAX_CHARS + " characters");
      } else {
        Asked.clause(request.getFilters(i), attribute, path, findings).ifPresent(clauses::add);
      }
    }
    findings.refuse("InvalidFilter");
    return clauses;
  }

  private static ListInventoryEntriesResponse.Builder head(
      InstanceId instance, ListInventoryEntriesRequest request) {
    return ListInventoryEntriesResponse.newBuilder()
        .setTypeName(request.getTypeName())
        .setInstanceId(instance.value());
  }

  private static ListInventoryEntriesResponse page(
      Read read,
      Inventories.Inventory row,
      Instances.Instance instance,
      List<Clause> clauses,
      ListInventoryEntriesRequest request) {
    List<Map<String, String>> all = new Forms(read).entries(row);
    VersionOrder platform = VersionOrder.ofPlatform(instance.host().platformName());
    Pages.Page<InventoryEntry> page =
        Pages.of(
            request.getPageSize(),
            request.getPageToken(),
            all.size() + 1,
            (after, atMost) -> {
              int from = place(after, row);
              return places(from, Math.min(all.size(), from + atMost));
            },
            place -> row.contentHash() + "|" + place,
            place ->
                Optional.of(all.get(place))
                    .filter(entry -> holds(row.type(), clauses, entry, platform))
                    .map(Forms::toProto));
    return head(instance.id(), request)
        .setSchemaVersion(row.schemaVersion())
        .setCaptureTime(Times.toProto(row.captured()))
        .addAllEntries(page.items())
        .setNextPageToken(page.next())
        .build();
  }

  private static boolean holds(
      String type, List<Clause> clauses, Map<String, String> entry, VersionOrder platform) {
    if (clauses.isEmpty()) {
      return true;
    }
    Attributes attributes = Attributes.of(entry);
    VersionOrder order = VersionOrder.of(type, attributes, platform);
    return clauses.stream().allMatch(clause -> clause.holds(attributes, order));
  }

  /** Where a page begins; what was listed before must still be what is stored. */
  private static int place(String after, Inventories.Inventory row) {
    if (after.isEmpty()) {
      return 0;
    }
    String begin = row.contentHash() + "|";
    if (!after.startsWith(begin)) {
      throw new Refusal(
          "InvalidNextToken", "the inventory has changed since the first page: begin again");
    }
    return Integer.parseInt(after.substring(begin.length())) + 1;
  }

  private static List<Integer> places(int from, int to) {
    List<Integer> places = new ArrayList<>();
    for (int place = from; place < to; place++) {
      places.add(place);
    }
    return places;
  }
}

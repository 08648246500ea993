package dev.holdfast.coordinator.inventory;

import dev.holdfast.coordinator.admin.Calls;
import dev.holdfast.coordinator.admin.Findings;
import dev.holdfast.coordinator.admin.Pages;
import dev.holdfast.coordinator.admin.Refusal;
import dev.holdfast.coordinator.store.Inventories;
import dev.holdfast.coordinator.store.InventoryDeletions;
import dev.holdfast.coordinator.store.InventoryDeletions.Deletion;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.DeleteInventoryRequest;
import dev.holdfast.wire.v1.DeleteInventoryResponse;
import dev.holdfast.wire.v1.DescribeInventoryDeletionsRequest;
import dev.holdfast.wire.v1.DescribeInventoryDeletionsResponse;
import dev.holdfast.wire.v1.InventoryDeletion;
import dev.holdfast.wire.v1.InventoryDeletionStatus;
import dev.holdfast.wire.v1.InventoryDeletionSummary;
import dev.holdfast.wire.v1.InventoryDeletionSummaryItem;
import dev.holdfast.wire.v1.SchemaDeleteOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Deletes custom types, and tells how far that is (spec.md section 5.6). */
final class Deletions {
  private Deletions() {}

  static Calls.Done<DeleteInventoryResponse> begin(
      Write write, String newId, DeleteInventoryRequest request) {
    String type = request.getTypeName();
    Findings findings = new Findings();
    GrpcInventory.type(findings, "type_name", type);
    if (findings.none() && !type.startsWith(InventoryCheck.CUSTOM)) {
      findings.add("type_name", "'" + type + "'; only custom types can be deleted");
    }
    findings.refuse("InvalidTypeName");
    if (request.getSchemaDeleteOption() == SchemaDeleteOption.UNRECOGNIZED) {
      findings.add("schema_delete_option", "is not known");
    }
    findings.refuse("InvalidOption");
    Map<String, Integer> versions = Inventories.versions(write.read(), type);
    if (versions.isEmpty() && Inventories.disabled(write.read(), type).isEmpty()) {
      throw new Refusal(
          "InvalidTypeName",
          "no instance has the type " + type,
          List.of(new Refusal.Finding("type_name", "no instance has it")));
    }
    switch (request.getSchemaDeleteOption()) {
      case SCHEMA_DELETE_OPTION_DISABLE_SCHEMA ->
          newest(write.read(), type, versions)
              .ifPresent(version -> Inventories.disable(write, type, version));
      case SCHEMA_DELETE_OPTION_DELETE_SCHEMA -> Inventories.enable(write, type);
      case SCHEMA_DELETE_OPTION_UNSPECIFIED, UNRECOGNIZED -> {
        // what is stored goes, and no more
      }
    }
    Deletion deletion =
        new Deletion(
            newId, type, write.now(), write.now(), Optional.empty(), "", versions, versions);
    InventoryDeletions.put(write, deletion);
    return new Calls.Done<>(
        DeleteInventoryResponse.newBuilder()
            .setDeletionId(request.getDryRun() ? "" : newId)
            .setTypeName(type)
            .setDeletionSummary(summary(deletion))
            .build(),
        List.of(type, newId));
  }

  private static Optional<String> newest(Read read, String type, Map<String, Integer> versions) {
    return java.util.stream.Stream.concat(
            versions.keySet().stream(), Inventories.disabled(read, type).stream())
        .max(GenericVersions::compare);
  }

  static DescribeInventoryDeletionsResponse page(
      Read read, DescribeInventoryDeletionsRequest request) {
    if (!request.getDeletionId().isEmpty()) {
      Deletion one =
          InventoryDeletions.find(read, request.getDeletionId())
              .orElseThrow(
                  () ->
                      new Refusal(
                          "InvalidDeletionId",
                          "there is no deletion '"
                              + Findings.printable(request.getDeletionId())
                              + "'",
                          List.of(new Refusal.Finding("deletion_id", "there is none"))));
      return DescribeInventoryDeletionsResponse.newBuilder()
          .addInventoryDeletions(toProto(one))
          .build();
    }
    Pages.Page<InventoryDeletion> page =
        Pages.of(
            request.getPageSize(),
            request.getPageToken(),
            (after, atMost) -> {
              int bar = after.indexOf('|');
              return InventoryDeletions.list(
                  read,
                  Instant.ofEpochMilli(bar < 0 ? -1 : millis(after.substring(0, bar))),
                  after.substring(bar + 1),
                  atMost);
            },
            row -> row.started().toEpochMilli() + "|" + row.id(),
            row -> Optional.of(toProto(row)));
    return DescribeInventoryDeletionsResponse.newBuilder()
        .addAllInventoryDeletions(page.items())
        .setNextPageToken(page.next())
        .build();
  }

  private static long millis(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new Refusal("InvalidNextToken", "the page_token is none that was given out");
    }
  }

  private static InventoryDeletion toProto(Deletion row) {
    InventoryDeletionSummary summary = summary(row);
    return InventoryDeletion.newBuilder()
        .setDeletionId(row.id())
        .setTypeName(row.type())
        .setDeletionStartTime(Times.toProto(row.started()))
        .setLastStatus(
            row.ended().isPresent()
                ? InventoryDeletionStatus.INVENTORY_DELETION_STATUS_COMPLETE
                : InventoryDeletionStatus.INVENTORY_DELETION_STATUS_IN_PROGRESS)
        .setLastStatusMessage(
            row.ended().isPresent()
                ? "deleted of " + summary.getTotalCount() + " instances"
                : summary.getRemainingCount()
                    + " of "
                    + summary.getTotalCount()
                    + " instances are still to be done")
        .setDeletionSummary(summary)
        .setLastStatusUpdateTime(Times.toProto(row.updated()))
        .build();
  }

  private static InventoryDeletionSummary summary(Deletion row) {
    InventoryDeletionSummary.Builder summary = InventoryDeletionSummary.newBuilder();
    new TreeMap<>(row.summary())
        .forEach(
            (version, count) -> {
              int remaining = row.remaining().getOrDefault(version, 0);
              summary
                  .setTotalCount(summary.getTotalCount() + count)
                  .setRemainingCount(summary.getRemainingCount() + remaining)
                  .addSummaryItems(
                      InventoryDeletionSummaryItem.newBuilder()
                          .setVersion(version)
                          .setCount(count)
                          .setRemainingCount(remaining));
            });
    return summary.build();
  }
}

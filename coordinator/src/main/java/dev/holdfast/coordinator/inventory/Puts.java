package dev.holdfast.coordinator.inventory;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.Calls;
import dev.holdfast.coordinator.admin.Findings;
import dev.holdfast.coordinator.admin.Refusal;
import dev.holdfast.coordinator.store.Inventories;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.inventory.Items;
import dev.holdfast.report.Report;
import dev.holdfast.task.InventoryLimits;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.InventoryItem;
import dev.holdfast.wire.v1.InventoryPut;
import dev.holdfast.wire.v1.PutInventoryRequest;
import dev.holdfast.wire.v1.PutInventoryResponse;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Carries out {@code PutInventory} (spec.md section 5.4). */
final class Puts {
  private Puts() {}

  static Calls.Done<PutInventoryResponse> put(
      Write write, InventoryDesk desk, InstanceId instance, PutInventoryRequest request) {
    check(request);
    PutInventoryResponse.Builder response = PutInventoryResponse.newBuilder();
    for (int i = 0; i < request.getItemsCount(); i++) {
      InventoryItem item = request.getItems(i);
      String hash =
          item.getContentCount() == 0 && !item.getContentHash().isEmpty()
              ? refresh(write, instance, item, i)
              : put(write, desk, instance, item, i);
      response.addItems(
          InventoryPut.newBuilder().setTypeName(item.getTypeName()).setContentHash(hash));
    }
    return new Calls.Done<>(response.build(), List.of(instance.value()));
  }

  private static void check(PutInventoryRequest request) {
    Findings findings = new Findings();
    int count = request.getItemsCount();
    if (count == 0 || count > InventoryLimits.MAX_PUT_ITEMS) {
      findings.add(
          "items", count + " items; 1 to " + InventoryLimits.MAX_PUT_ITEMS + " are allowed");
      findings.refuse("InvalidInventoryRequest");
    }
    Set<String> types = new HashSet<>();
    for (int i = 0; i < count; i++) {
      String field = "items[" + i + "].type_name";
      String type = request.getItems(i).getTypeName();
      GrpcInventory.type(findings, field, type);
      if (InventoryCheck.isType(type) && !type.startsWith(InventoryCheck.CUSTOM)) {
        findings.add(
            field,
            "'" + type + "'; what is told by the agent alone can't be put, only Custom: types can");
      }
      if (!types.add(type)) {
        findings.add(field, "'" + Findings.printable(type) + "' is there twice");
      }
    }
    findings.refuse("InvalidTypeName");
    for (int i = 0; i < count; i++) {
      if (!InventoryCheck.isSchemaVersion(request.getItems(i).getSchemaVersion())) {
        findings.add("items[" + i + "].schema_version", "has to be like 1.0");
      }
    }
    findings.refuse("UnsupportedInventorySchemaVersion");
  }

  private static String refresh(Write write, InstanceId instance, InventoryItem item, int number) {
    Optional<Inventories.Inventory> row =
        Inventories.find(write.read(), instance, item.getTypeName())
            .filter(stored -> stored.contentHash().equals(item.getContentHash()));
    if (row.isEmpty()) {
      throw refusal(
          "ItemContentMismatch",
          number,
          "content_hash",
          "another content is stored; put the whole content");
    }
    Inventories.refresh(write, instance, item.getTypeName(), captured(write, item));
    return item.getContentHash();
  }

  private static String put(
      Write write, InventoryDesk desk, InstanceId instance, InventoryItem item, int number) {
    List<Map<String, String>> items =
        item.getContentList().stream().map(entry -> Map.copyOf(entry.getAttributesMap())).toList();
    InventoryCheck.refusal(item.getTypeName(), items)
        .ifPresent(
            reason -> {
              throw refusal("InvalidItemContent", number, "content", reason);
            });
    if (item.getSerializedSize() > Limits.MAX_INVENTORY_TYPE_BYTES) {
      throw refusal(
          "ItemSizeLimitExceeded",
          number,
          "content",
          "more than " + Limits.MAX_INVENTORY_TYPE_BYTES + " bytes");
    }
    String hash = Items.hash(items);
    if (!item.getContentHash().isEmpty() && !item.getContentHash().equals(hash)) {
      throw refusal(
          "InvalidItemContent",
          number,
          "content_hash",
          "is not that of the content: leave it out, or give " + hash);
    }
    InventoryDesk.Outcome outcome =
        desk.whole(
            write,
            instance,
            new Report.Inventory(
                item.getTypeName(), item.getSchemaVersion(), captured(write, item), hash, items));
    return switch (outcome) {
      case InventoryDesk.Outcome.Stored _ ->
          Inventories.find(write.read(), instance, item.getTypeName())
              .map(Inventories.Inventory::contentHash)
              .filter(hash::equals)
              .orElseThrow(
                  () ->
                      refusal(
                          "UnsupportedInventorySchemaVersion",
                          number,
                          "schema_version",
                          "the type was disabled up to a version as high; put a higher one"));
      case InventoryDesk.Outcome.Refused(var reason) ->
          throw refusal("CustomSchemaCountLimitExceeded", number, "type_name", reason);
      case InventoryDesk.Outcome.Whole(var type) ->
          throw new IllegalStateException("all of " + type + " is no difference");
    };
  }

  private static Instant captured(Write write, InventoryItem item) {
    return item.hasCaptureTime() ? Times.fromProto(item.getCaptureTime()) : write.now();
  }

  private static Refusal refusal(String reason, int number, String field, String description) {
    String path = "items[" + number + "]." + field;
    return new Refusal(
        reason, path + ": " + description, List.of(new Refusal.Finding(path, description)));
  }
}

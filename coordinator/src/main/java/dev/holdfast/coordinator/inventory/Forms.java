package dev.holdfast.coordinator.inventory;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.inventory.Entries.Entry;
import dev.holdfast.coordinator.store.Inventories;
import dev.holdfast.coordinator.store.InventoryItems;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.InventoryEntry;
import dev.holdfast.wire.v1.InventoryItem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Rows of inventory as callers see them. */
public final class Forms {
  private final Read read;
  private final Map<Integer, byte[]> items = new HashMap<>();

  /** Over one view of the rows. */
  Forms(Read read) {
    this.read = read;
  }

  /** The entries of a type of an instance, whole; none if the type is not known. */
  public static List<Map<String, String>> entries(Read read, InstanceId instance, String type) {
    return Inventories.find(read, instance, type)
        .map(row -> new Forms(read).entries(row))
        .orElse(List.of());
  }

  /** The entries of a row, whole, in the order of their items' numbers. */
  List<Map<String, String>> entries(Inventories.Inventory row) {
    List<Entry> entries = Entries.unpack(row.entries());
    learn(entries.stream().map(Entry::item).toList());
    List<Map<String, String>> whole = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      whole.add(Own.join(Attributes.of(item(entry.item())).map(), entry.own()));
    }
    return whole;
  }

  /** Reads items that will be asked for. */
  void learn(List<Integer> numbers) {
    List<Integer> missing = numbers.stream().filter(n -> !items.containsKey(n)).toList();
    if (!missing.isEmpty()) {
      items.putAll(InventoryItems.attributes(read, missing));
    }
  }

  /** The attributes of an item as they are kept. */
  byte[] item(int number) {
    byte[] kept = items.get(number);
    if (kept == null) {
      throw new IllegalStateException("a row names item " + number + ", and there is none");
    }
    return kept;
  }

  InventoryItem toProto(Inventories.Inventory row) {
    InventoryItem.Builder item =
        InventoryItem.newBuilder()
            .setTypeName(row.type())
            .setSchemaVersion(row.schemaVersion())
            .setCaptureTime(Times.toProto(row.captured()))
            .setContentHash(row.contentHash());
    entries(row).forEach(attributes -> item.addContent(toProto(attributes)));
    return item.build();
  }

  static InventoryEntry toProto(Map<String, String> attributes) {
    return InventoryEntry.newBuilder().putAllAttributes(attributes).build();
  }
}

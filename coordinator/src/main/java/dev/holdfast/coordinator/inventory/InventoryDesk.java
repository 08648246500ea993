package dev.holdfast.coordinator.inventory;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.inventory.Entries.Entry;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Inventories;
import dev.holdfast.coordinator.store.InventoryChanges;
import dev.holdfast.coordinator.store.InventoryItems;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.report.Report;
import dev.holdfast.task.InventoryLimits;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Writes what follows from a report of inventory: the row of the type, the items that are new, what
 * changed. All of it in the transaction that it is given; the {@link Stock} follows once that is
 * durable. What is stored of an instance comes from its own reports alone: another's may only bring
 * an item that both have.
 */
public final class InventoryDesk {
  private final Stock stock;

  /** Whose stock follows. */
  public InventoryDesk(Stock stock) {
    this.stock = stock;
  }

  /** Who has what. */
  public Stock stock() {
    return stock;
  }

  /** What became of a report. */
  public sealed interface Outcome {
    /** It is stored, or there is nothing to store of it. */
    record Stored() implements Outcome {}

    /** It never will be. */
    record Refused(String reason) implements Outcome {}

    /** It is a difference from a content that is not the one stored: the type is needed whole. */
    record Whole(String type) implements Outcome {}
  }

  /** A type of an instance with what is needed to change it. */
  private record Place(
      Write write,
      InstanceId instance,
      String type,
      Optional<Inventories.Inventory> row,
      VersionOrder platform) {}

  private record Header(String schemaVersion, Instant captured, String contentHash) {}

  /** Items that are looked at for the first time in a report, by number. */
  private record Found(Entry entry, byte[] sha256, Stock.Gained gained) {}

  /** All items of a type, in place of what was known of it before. */
  public Outcome whole(Write write, InstanceId instance, Report.Inventory report) {
    String type = report.typeName();
    Optional<String> refusal =
        InventoryCheck.refusal(
                type,
                report.schemaVersion(),
                List.of(report.contentHash()),
                Inventories.types(write.read(), instance))
            .or(() -> InventoryCheck.refusal(type, report.items()));
    if (refusal.isPresent()) {
      return new Outcome.Refused(refusal.get());
    }
    if (!enabled(write, type, report.schemaVersion())) {
      return new Outcome.Stored();
    }
    Place place = place(write, instance, type);
    ContentSum sum = new ContentSum();
    Map<Integer, Stock.Gained> found = new HashMap<>();
    List<Entry> after = new ArrayList<>(report.items().size());
    for (Map<String, String> item : report.items()) {
      Found one = find(place, item, true);
      sum.add(one.sha256);
      after.add(one.entry);
      found.put(one.entry.item(), one.gained);
    }
    if (!sum.hex().equals(report.contentHash())) {
      return new Outcome.Refused("a content hash of " + type + " that is not that of its items");
    }
    return put(
        place,
        new Header(report.schemaVersion(), report.captureTime(), report.contentHash()),
        after,
        found);
  }

  /** What became of a type since a content. */
  public Outcome difference(Write write, InstanceId instance, Report.InventoryDelta report) {
    String type = report.typeName();
    Optional<String> refusal =
        InventoryCheck.refusal(
                type,
                report.schemaVersion(),
                List.of(report.contentHash(), report.baseHash()),
                List.of(type))
            .or(() -> InventoryCheck.refusal(type, report.added()));
    if (refusal.isPresent()) {
      return new Outcome.Refused(refusal.get());
    }
    if (!enabled(write, type, report.schemaVersion())) {
      return new Outcome.Stored();
    }
    Place place = place(write, instance, type);
    if (place.row.filter(row -> row.contentHash().equals(report.baseHash())).isEmpty()) {
      return new Outcome.Whole(type);
    }
    Inventories.Inventory row = place.row.get();
    if (report.removed().isEmpty() && report.added().isEmpty()) {
      if (!report.contentHash().equals(report.baseHash())) {
        return new Outcome.Whole(type);
      }
      if (row.schemaVersion().equals(report.schemaVersion())) {
        Inventories.refresh(write, instance, type, millis(report.captureTime()));
        return new Outcome.Stored();
      }
    }
    return changed(place, row, report);
  }

  private Outcome changed(Place place, Inventories.Inventory row, Report.InventoryDelta report) {
    ContentSum sum = ContentSum.at(report.baseHash());
    Map<Entry, Integer> counts = new LinkedHashMap<>();
    Entries.unpack(row.entries()).forEach(entry -> counts.merge(entry, 1, Integer::sum));
    for (Map<String, String> item : report.removed()) {
      Found one = find(place, item, false);
      sum.remove(one.sha256);
      if (!counts.containsKey(one.entry)) {
        return new Outcome.Whole(place.type);
      }
      counts.computeIfPresent(one.entry, (_, count) -> count == 1 ? null : count - 1);
    }
    List<Found> added = new ArrayList<>();
    for (Map<String, String> item : report.added()) {
      sum.add(Attributes.of(item).sha256());
    }
    if (!sum.hex().equals(report.contentHash())) {
      return new Outcome.Whole(place.type);
    }
    report.added().forEach(item -> added.add(find(place, item, true)));
    Map<Integer, Stock.Gained> found = new HashMap<>();
    for (Found one : added) {
      counts.merge(one.entry, 1, Integer::sum);
      found.put(one.entry.item(), one.gained);
    }
    List<Entry> after = new ArrayList<>();
    counts.forEach(
        (entry, count) -> {
          for (int i = 0; i < count; i++) {
            after.add(entry);
          }
        });
    return put(
        place,
        new Header(report.schemaVersion(), report.captureTime(), report.contentHash()),
        after,
        found);
  }

  /** The row of a type of an instance is deleted; that is no change of the instance. */
  void drop(Write write, Inventories.Inventory row) {
    Inventories.delete(write, row.instance(), row.type());
    TreeSet<Integer> lost = new TreeSet<>();
    Entries.numbers(row.entries(), lost::add);
    stock.moved(
        write, new Stock.Move(row.instance(), row.type(), false, List.of(), List.copyOf(lost)));
  }

  private Outcome put(
      Place place, Header header, List<Entry> after, Map<Integer, Stock.Gained> found) {
    Optional<String> tooMuch =
        InventoryCheck.tooMany(place.type, after.size()).or(() -> tooLarge(place, after, found));
    if (tooMuch.isPresent()) {
      return new Outcome.Refused(tooMuch.get());
    }
    List<Entry> before = place.row.map(row -> Entries.unpack(row.entries())).orElse(List.of());
    Inventories.put(
        place.write,
        new Inventories.Inventory(
            place.instance,
            place.type,
            header.schemaVersion,
            millis(header.captured),
            header.contentHash,
            Entries.pack(after)));
    TreeSet<Integer> lost = numbers(before);
    TreeSet<Integer> gained = numbers(after);
    gained.removeAll(lost);
    lost.removeAll(numbers(after));
    stock.moved(
        place.write,
        new Stock.Move(
            place.instance,
            place.type,
            true,
            gained.stream().map(number -> required(found, number)).toList(),
            List.copyOf(lost)));
    if (place.row.isPresent()) {
      note(place, before, after, found);
    }
    return new Outcome.Stored();
  }

  private void note(
      Place place, List<Entry> before, List<Entry> after, Map<Integer, Stock.Gained> found) {
    List<Entry> removed = surplus(before, after);
    List<Entry> added = surplus(after, before);
    if (removed.isEmpty() && added.isEmpty()) {
      return;
    }
    Map<Integer, Attributes> known = new HashMap<>();
    found.forEach((number, gained) -> known.put(number, gained.attributes()));
    List<Pairing.Pair> pairs =
        Pairing.of(
            place.type,
            pieces(place, removed, known),
            pieces(place, added, known),
            before.size() <= 1 && after.size() <= 1);
    List<InventoryChanges.Change> changes =
        pairs.stream()
            .map(
                pair ->
                    new InventoryChanges.Change(
                        0,
                        place.write.now(),
                        place.instance,
                        place.type,
                        pair.before().map(InventoryDesk::had),
                        pair.after().map(InventoryDesk::had)))
            .toList();
    InventoryChanges.add(place.write, place.instance, changes, InventoryLimits.MAX_CHANGES);
  }

  private static InventoryChanges.Had had(Pairing.Piece piece) {
    return new InventoryChanges.Had(
        piece.entry().item(), Attributes.of(piece.entry().own()).bytes());
  }

  private List<Pairing.Piece> pieces(
      Place place, List<Entry> entries, Map<Integer, Attributes> known) {
    List<Pairing.Piece> pieces = new ArrayList<>();
    for (Entry entry : entries) {
      pieces.add(
          new Pairing.Piece(
              entry, known.computeIfAbsent(entry.item(), number -> attributes(place, number))));
    }
    return pieces;
  }

  private Attributes attributes(Place place, int number) {
    return stock
        .<Optional<Attributes>>ask(
            view -> Optional.ofNullable(view.held(number)).map(Held::attributes))
        .orElseGet(
            () ->
                Attributes.of(
                    Optional.ofNullable(
                            InventoryItems.attributes(place.write.read(), List.of(number))
                                .get(number))
                        .orElseThrow()));
  }

  /** What the first has more often than the second. */
  private static List<Entry> surplus(List<Entry> first, List<Entry> second) {
    Map<Entry, Integer> counts = new HashMap<>();
    second.forEach(entry -> counts.merge(entry, 1, Integer::sum));
    List<Entry> surplus = new ArrayList<>();
    for (Entry entry : first) {
      int count = counts.getOrDefault(entry, 0);
      if (count == 0) {
        surplus.add(entry);
      } else {
        counts.put(entry, count - 1);
      }
    }
    return surplus;
  }

  private static TreeSet<Integer> numbers(List<Entry> entries) {
    TreeSet<Integer> numbers = new TreeSet<>();
    entries.forEach(entry -> numbers.add(entry.item()));
    return numbers;
  }

  private Optional<String> tooLarge(
      Place place, List<Entry> entries, Map<Integer, Stock.Gained> found) {
    long bytes =
        stock.ask(
            view -> {
              long sum = 0;
              for (Entry entry : entries) {
                Stock.Gained fresh = found.get(entry.item());
                Held held = fresh == null ? view.held(entry.item()) : null;
                sum +=
                    fresh != null
                        ? fresh.attributes().bytes().length
                        : held != null ? held.attributes().bytes().length : 0;
              }
              return sum;
            });
    return bytes > InventoryLimits.MAX_STORED_TYPE_BYTES
        ? Optional.of(
            place.type
                + " of "
                + bytes
                + " bytes; at most "
                + InventoryLimits.MAX_STORED_TYPE_BYTES
                + " are stored of a type")
        : Optional.empty();
  }

  /** The number of an item; it gets one if it has none, unless it is only looked for. */
  private Found find(Place place, Map<String, String> item, boolean add) {
    Own.Parted parted = Own.part(place.type, item);
    Attributes shared = Attributes.of(parted.shared());
    VersionOrder order = VersionOrder.of(place.type, shared, place.platform);
    byte[] whole = parted.own().isEmpty() ? shared.sha256() : Attributes.of(item).sha256();
    int number = stock.find(place.type, order, shared);
    if (number < 0) {
      byte[] sha256 = parted.own().isEmpty() ? whole : shared.sha256();
      OptionalInt stored =
          InventoryItems.number(place.write.read(), place.type, order.name(), sha256);
      if (stored.isPresent()) {
        number = stored.getAsInt();
        if (add) {
          InventoryItems.held(place.write, List.of(number));
        }
      } else if (add) {
        number = InventoryItems.add(place.write, place.type, order.name(), sha256, shared.bytes());
      }
    }
    return new Found(
        new Entry(number, Map.copyOf(parted.own())),
        whole,
        new Stock.Gained(number, order, shared));
  }

  private static Place place(Write write, InstanceId instance, String type) {
    return new Place(
        write,
        instance,
        type,
        Inventories.find(write.read(), instance, type),
        VersionOrder.hasVersions(type)
            ? Instances.find(write.read(), instance)
                .map(row -> VersionOrder.ofPlatform(row.host().platformName()))
                .orElse(VersionOrder.GENERIC)
            : VersionOrder.GENERIC);
  }

  /** Whether a type is stored; a higher schema version lets it be stored again (spec.md 5.6). */
  private static boolean enabled(Write write, String type, String schemaVersion) {
    if (!type.startsWith(InventoryCheck.CUSTOM)) {
      return true;
    }
    Optional<String> disabled = Inventories.disabled(write.read(), type);
    if (disabled.isEmpty()) {
      return true;
    }
    if (GenericVersions.compare(schemaVersion, disabled.get()) <= 0) {
      return false;
    }
    Inventories.enable(write, type);
    return true;
  }

  private static Stock.Gained required(Map<Integer, Stock.Gained> found, int number) {
    Stock.@Nullable Gained gained = found.get(number);
    if (gained == null) {
      throw new IllegalStateException("an entry came from nowhere: item " + number);
    }
    return gained;
  }

  private static Instant millis(Instant time) {
    return time.truncatedTo(ChronoUnit.MILLIS);
  }
}

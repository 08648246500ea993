package dev.holdfast.coordinator.inventory;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.inventory.Entries.Entry;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Inventories;
import dev.holdfast.coordinator.store.InventoryChanges;
import dev.holdfast.coordinator.store.InventoryItems;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.inventory.ContentSum;
import dev.holdfast.report.Report;
import dev.holdfast.task.InventoryLimits;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
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

  private record Header(String schemaVersion, Instant captured, String contentHash, int bytes) {}

  /**
   * An item of a report.
   *
   * @param sha256 of all of it
   * @param bytes what the attributes take that are not its own
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Found(Entry entry, byte[] sha256, int bytes, Stock.Gained gained) {}

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
    int bytes = 0;
    for (Map<String, String> item : report.items()) {
      Found one = find(place, item, true);
      sum.add(one.sha256);
      after.add(one.entry);
      bytes += one.bytes;
      found.put(one.entry.item(), one.gained);
    }
    if (!sum.hex().equals(report.contentHash())) {
      return new Outcome.Refused("a content hash of " + type + " that is not that of its items");
    }
    after.sort(Entries.ORDER);
    return put(
        place,
        new Header(report.schemaVersion(), report.captureTime(), report.contentHash(), bytes),
        place.row.map(row -> Entries.unpack(row.entries())).orElse(List.of()),
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
    List<Entry> before = Entries.unpack(row.entries());
    List<Entry> after = new ArrayList<>(before);
    int bytes = row.bytes();
    for (Map<String, String> item : report.removed()) {
      Found one = find(place, item, false);
      sum.remove(one.sha256);
      bytes -= one.bytes;
      if (!Entries.remove(after, one.entry)) {
        return new Outcome.Whole(place.type);
      }
    }
    for (Map<String, String> item : report.added()) {
      sum.add(Attributes.of(item).sha256());
    }
    if (!sum.hex().equals(report.contentHash())) {
      return new Outcome.Whole(place.type);
    }
    Map<Integer, Stock.Gained> found = new HashMap<>();
    for (Map<String, String> item : report.added()) {
      Found one = find(place, item, true);
      Entries.add(after, one.entry);
      bytes += one.bytes;
      found.put(one.entry.item(), one.gained);
    }
    return put(
        place,
        new Header(report.schemaVersion(), report.captureTime(), report.contentHash(), bytes),
        before,
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

  /**
   * @param before the entries that are stored, as those after it in their order
   * @param found all items that came, by number
   */
  private Outcome put(
      Place place,
      Header header,
      List<Entry> before,
      List<Entry> after,
      Map<Integer, Stock.Gained> found) {
    Optional<String> tooMuch =
        InventoryCheck.tooMany(place.type, after.size())
            .or(() -> tooLarge(place.type, header.bytes));
    if (tooMuch.isPresent()) {
      return new Outcome.Refused(tooMuch.get());
    }
    Inventories.put(
        place.write,
        new Inventories.Inventory(
            place.instance,
            place.type,
            header.schemaVersion,
            millis(header.captured),
            header.contentHash,
            header.bytes,
            Entries.pack(after)));
    Entries.Difference difference = Entries.between(before, after);
    stock.moved(
        place.write,
        new Stock.Move(
            place.instance,
            place.type,
            true,
            numbers(difference.added(), before).stream()
                .map(number -> required(found, number))
                .toList(),
            numbers(difference.removed(), after)));
    if (place.row.isPresent()) {
      note(place, difference, before.size() <= 1 && after.size() <= 1, found);
    }
    return new Outcome.Stored();
  }

  /** The items of some entries that a content has not. */
  private static List<Integer> numbers(List<Entry> entries, List<Entry> content) {
    return entries.stream()
        .map(Entry::item)
        .distinct()
        .filter(item -> !Entries.has(content, item))
        .toList();
  }

  private void note(
      Place place,
      Entries.Difference difference,
      boolean single,
      Map<Integer, Stock.Gained> found) {
    Map<Integer, Attributes> known = new HashMap<>();
    found.forEach((number, gained) -> known.put(number, gained.attributes()));
    List<Pairing.Pair> pairs =
        Pairing.of(
            place.type,
            pieces(place, difference.removed(), known),
            pieces(place, difference.added(), known),
            single);
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

  private static Optional<String> tooLarge(String type, int bytes) {
    return bytes > InventoryLimits.MAX_STORED_TYPE_BYTES
        ? Optional.of(
            type
                + " of "
                + bytes
                + " bytes; at most "
                + InventoryLimits.MAX_STORED_TYPE_BYTES
                + " are stored of a type")
        : Optional.empty();
  }

  /** The number of an item; it gets one if it has none, unless it is only looked for. */
  private Found find(Place place, Map<String, String> given, boolean add) {
    Map<String, String> item = new TreeMap<>(given);
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
        Entry.of(number, parted.own()),
        whole,
        shared.bytes().length,
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

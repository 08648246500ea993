package dev.holdfast.coordinator.inventory;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.Calls;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Inventories;
import dev.holdfast.coordinator.testing.Estate;
import dev.holdfast.coordinator.trust.Caller;
import dev.holdfast.coordinator.trust.Role;
import dev.holdfast.inventory.Items;
import dev.holdfast.report.Report;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/** An estate whose instances report inventory, with the desk, the stock and the service. */
final class Shop implements AutoCloseable {
  static final String APPLICATION = "AWS:Application";
  static final String RACK = "Custom:Rack";

  final Estate estate;
  final InventoryDesk desk = new InventoryDesk(new Stock());
  final GrpcInventory service;
  final InventorySweep sweep;
  private final AtomicLong ids = new AtomicLong();

  Shop(Path folder) {
    estate = new Estate(folder);
    sweep = new InventorySweep(estate.store, desk, estate.timers);
    service =
        new GrpcInventory(
            new Calls(estate.store, () -> new UUID(0, ids.incrementAndGet())),
            desk,
            sweep::wake,
            "fleet.test",
            Optional.empty());
  }

  @Override
  public void close() {
    estate.close();
  }

  InstanceId add(int number, String platformName) {
    InstanceId id = estate.addInstance(number);
    estate.store.write(
        write -> {
          Instances.heard(
              write,
              id,
              new Instances.Host(
                  "1.0", "Linux", platformName, "12", "host" + number, "10.0.0." + number, "boot"),
              0);
          return true;
        });
    return id;
  }

  static Report.Inventory whole(String type, List<Map<String, String>> items) {
    return new Report.Inventory(type, "1.0", Estate.START, Items.hash(items), items);
  }

  static Report.InventoryDelta difference(
      String type, List<Map<String, String>> before, List<Map<String, String>> after) {
    Items.Difference difference = Items.between(before, after);
    return new Report.InventoryDelta(
        type,
        "1.0",
        Estate.START,
        Items.hash(after),
        Items.hash(before),
        difference.removed(),
        difference.added());
  }

  InventoryDesk.Outcome put(InstanceId id, String type, List<Map<String, String>> items) {
    return estate.store.write(write -> desk.whole(write, id, whole(type, items)));
  }

  InventoryDesk.Outcome move(
      InstanceId id,
      String type,
      List<Map<String, String>> before,
      List<Map<String, String>> after) {
    return estate.store.write(write -> desk.difference(write, id, difference(type, before, after)));
  }

  /** What is stored of a type, sorted; empty if it is not known. */
  Optional<List<Map<String, String>>> stored(InstanceId id, String type) {
    return estate.store.read(
        read -> Inventories.find(read, id, type).map(row -> sorted(new Forms(read).entries(row))));
  }

  static List<Map<String, String>> sorted(List<Map<String, String>> items) {
    return items.stream()
        .<Map<String, String>>map(TreeMap::new)
        .sorted(Comparator.comparing(Object::toString))
        .toList();
  }

  /** Who has each item, by the index. */
  List<String> indexed() {
    return desk.stock()
        .ask(
            view -> {
              List<String> lines = new ArrayList<>();
              estate
                  .rows("SELECT number FROM inventory_item ORDER BY number")
                  .forEach(
                      number -> {
                        Held held = view.held(Integer.parseInt(number));
                        if (held != null) {
                          lines.add(
                              number
                                  + " "
                                  + view.page(held.holders().bits(), "", Integer.MAX_VALUE)
                                  + " "
                                  + held.attributes()
                                  + " found "
                                  + view.find(
                                      held.shelf().type(), held.order(), held.attributes()));
                        }
                      });
              desk.stock()
                  .types()
                  .forEach(
                      type -> {
                        Shelf shelf = view.shelf(type).orElseThrow();
                        lines.add(
                            type
                                + " "
                                + view.page(shelf.known(), "", Integer.MAX_VALUE)
                                + " "
                                + shelf.items().getCardinality()
                                + " "
                                + new TreeSet<>(shelf.names()));
                      });
              lines.sort(Comparator.naturalOrder());
              return lines;
            });
  }

  /** The same counted by looking at all rows. */
  List<String> recounted() {
    Map<Integer, TreeSet<InstanceId>> holders = new TreeMap<>();
    Map<String, TreeSet<InstanceId>> known = new TreeMap<>();
    Map<String, TreeSet<Integer>> items = new TreeMap<>();
    Map<String, TreeSet<String>> names = new TreeMap<>();
    List<String> lines = new ArrayList<>();
    estate.store.read(
        read -> {
          Inventories.entries(
              read,
              (instance, type, entries) -> {
                known.computeIfAbsent(type, _ -> new TreeSet<>()).add(new InstanceId(instance));
                items.computeIfAbsent(type, _ -> new TreeSet<>());
                names.computeIfAbsent(type, _ -> new TreeSet<>());
                for (Entries.Entry entry : Entries.unpack(entries)) {
                  holders
                      .computeIfAbsent(entry.item(), _ -> new TreeSet<>())
                      .add(new InstanceId(instance));
                  items.computeIfAbsent(type, _ -> new TreeSet<>()).add(entry.item());
                }
              });
          Forms forms = new Forms(read);
          forms.learn(List.copyOf(holders.keySet()));
          holders.forEach(
              (number, of) ->
                  lines.add(
                      number
                          + " "
                          + of
                          + " "
                          + Attributes.of(forms.item(number))
                          + " found "
                          + number));
          items.forEach(
              (type, numbers) ->
                  numbers.forEach(
                      number -> {
                        String name = Attributes.of(forms.item(number)).value("Name");
                        if (name != null) {
                          names.computeIfAbsent(type, _ -> new TreeSet<>()).add(name);
                        }
                      }));
          return true;
        });
    known.forEach(
        (type, of) ->
            lines.add(
                type
                    + " "
                    + of
                    + " "
                    + items.getOrDefault(type, new TreeSet<>()).size()
                    + " "
                    + names.getOrDefault(type, new TreeSet<>())));
    lines.sort(Comparator.naturalOrder());
    return lines;
  }

  /** Makes a call as an administrator. */
  static <Q, P> BiConsumer<Q, StreamObserver<P>> asAdmin(BiConsumer<Q, StreamObserver<P>> call) {
    return (request, answer) ->
        Context.current()
            .withValue(Caller.KEY, new Caller.Person("test", Role.ADMIN, Optional.empty()))
            .run(() -> call.accept(request, answer));
  }
}

package dev.holdfast.coordinator.inventory;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Inventories;
import dev.holdfast.coordinator.store.InventoryItems;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Write;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * Who has what, in memory: for each distinct item that somebody has the set of instances that have
 * it. A view of the rows, made from them at the start; it moves when a transaction that moved rows
 * is durable, so it never shows what may be undone. It answers from any thread.
 */
public final class Stock {
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final TreeMap<InstanceId, Integer> numbers = new TreeMap<>();
  private final List<@Nullable InstanceId> instances = new ArrayList<>();
  private final List<Integer> typesOf = new ArrayList<>();
  private final Deque<Integer> free = new ArrayDeque<>();
  private final RoaringBitmap everybody = new RoaringBitmap();
  private final Map<String, Shelf> shelves = new HashMap<>();
  private final HeldTable items = new HeldTable();

  /** An item that an instance has from now on. */
  record Gained(int number, VersionOrder order, Attributes attributes) {}

  /**
   * What became of one type of one instance.
   *
   * @param known whether the type is known of it now
   * @param lost numbers of items that it had and has not any more
   */
  record Move(
      InstanceId instance, String type, boolean known, List<Gained> gained, List<Integer> lost) {}

  /** Reads what the rows say, in place of what it knew. In a transaction, so that nothing moves. */
  public void load(Write write) {
    lock.writeLock().lock();
    try {
      clear();
      Read read = write.read();
      Map<String, VersionOrder> orders = new HashMap<>();
      InventoryItems.all(
          read,
          item ->
              items.put(
                  new Held(
                      item.number(),
                      shelf(item.type()),
                      orders.computeIfAbsent(item.versionOrder(), VersionOrder::valueOf),
                      Attributes.of(item.attributes()))));
      Pairs pairs =
          new Pairs(
              (item, numbers, from, count) -> required(item).holders().add(numbers, from, count));
      Inventories.entries(
          read,
          (instance, type, entries) -> {
            int number = number(new InstanceId(instance));
            learn(shelf(type), number);
            pairs.add(number, entries);
          });
      pairs.flush();
      settle();
    } finally {
      lock.writeLock().unlock();
    }
  }

  private void clear() {
    items.clear();
    numbers.clear();
    instances.clear();
    typesOf.clear();
    free.clear();
    everybody.clear();
    shelves.clear();
  }

  private void settle() {
    items.each(
        number -> {
          Held held = required(number);
          if (held.holders().isEmpty()) {
            return false;
          }
          held.holders().trim();
          held.shelf().add(held);
          items.index(held);
          return true;
        });
    shelves.values().removeIf(Shelf::isEmpty);
    shelves.values().forEach(Shelf::trim);
    everybody.runOptimize();
  }

  /** Follows the rows once the transaction is durable. */
  void moved(Write write, Move move) {
    write.onDone(() -> follow(move));
  }

  private void follow(Move move) {
    lock.writeLock().lock();
    try {
      Integer known = numbers.get(move.instance);
      if (known == null && !move.known) {
        return;
      }
      int instance = known == null ? number(move.instance) : known;
      Shelf shelf = shelf(move.type);
      for (int lost : move.lost) {
        Held held = items.get(lost);
        if (held != null) {
          held.holders().remove(instance);
          if (held.holders().isEmpty()) {
            shelf.remove(held);
            items.remove(held);
          }
        }
      }
      for (Gained gained : move.gained) {
        Held held = items.get(gained.number);
        if (held == null) {
          held = new Held(gained.number, shelf, gained.order, gained.attributes);
          items.put(held);
          items.index(held);
          shelf.add(held);
        }
        held.holders().add(instance);
      }
      if (move.known) {
        learn(shelf, instance);
      } else {
        forget(shelf, instance);
      }
      if (shelf.isEmpty()) {
        shelves.remove(move.type);
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  private void learn(Shelf shelf, int instance) {
    if (shelf.known().checkedAdd(instance)) {
      typesOf.set(instance, typesOf.get(instance) + 1);
    }
  }

  private void forget(Shelf shelf, int instance) {
    if (shelf.known().checkedRemove(instance)) {
      int left = typesOf.get(instance) - 1;
      typesOf.set(instance, left);
      if (left == 0) {
        numbers.remove(instances.set(instance, null));
        everybody.remove(instance);
        free.push(instance);
      }
    }
  }

  private int number(InstanceId id) {
    Integer known = numbers.get(id);
    if (known != null) {
      return known;
    }
    int number = free.isEmpty() ? instances.size() : free.pop();
    if (number == instances.size()) {
      instances.add(id);
      typesOf.add(0);
    } else {
      instances.set(number, id);
      typesOf.set(number, 0);
    }
    numbers.put(id, number);
    everybody.add(number);
    return number;
  }

  private Shelf shelf(String type) {
    return shelves.computeIfAbsent(type, Shelf::new);
  }

  private Held required(int number) {
    Held held = items.get(number);
    if (held == null) {
      throw new IllegalStateException("a row names item " + number + ", and there is none");
    }
    return held;
  }

  /** The number of an item that somebody has; -1 if nobody has. */
  int find(String type, VersionOrder order, Attributes attributes) {
    return ask(view -> view.find(type, order, attributes));
  }

  /** Those of some numbers that are of no item that somebody has. */
  List<Integer> unheld(Collection<Integer> some) {
    return ask(view -> some.stream().filter(number -> view.held(number) == null).toList());
  }

  /** Asks several things of one state. The question must not wait for anything. */
  <T> T ask(Function<View, T> question) {
    lock.readLock().lock();
    try {
      return question.apply(new View());
    } finally {
      lock.readLock().unlock();
    }
  }

  /** The types that anybody has. */
  Set<String> types() {
    return ask(view -> Set.copyOf(shelves.keySet()));
  }

  /** How many instances have inventory, and how many distinct items they have. */
  public record Size(int instances, int items) {}

  /** How much there is. */
  public Size size() {
    return ask(view -> new Size(numbers.size(), items.count()));
  }

  /** One state; good while the question lasts. What it gives is not to be changed. */
  final class View {
    private View() {}

    Optional<Shelf> shelf(String type) {
      return Optional.ofNullable(shelves.get(type));
    }

    @Nullable Held held(int number) {
      return items.get(number);
    }

    /** An item of a shelf. */
    Held item(int number) {
      return required(number);
    }

    int find(String type, VersionOrder order, Attributes attributes) {
      return items.find(type, order, attributes);
    }

    /** All who have inventory. */
    RoaringBitmap everybody() {
      return everybody;
    }

    Optional<Integer> number(InstanceId id) {
      return Optional.ofNullable(numbers.get(id));
    }

    /** Those of a bitmap behind an id, in the order of their ids. */
    List<InstanceId> page(RoaringBitmap bits, String afterId, int atMost) {
      List<InstanceId> page = new ArrayList<>();
      var tail = afterId.isEmpty() ? numbers : numbers.tailMap(new InstanceId(afterId), false);
      for (Map.Entry<InstanceId, Integer> one : tail.entrySet()) {
        if (page.size() == atMost) {
          break;
        }
        if (bits.contains(one.getValue())) {
          page.add(one.getKey());
        }
      }
      return page;
    }
  }
}

package dev.holdfast.coordinator.inventory;

import dev.holdfast.coordinator.inventory.Clause.Operator;
import dev.holdfast.coordinator.targeting.Few;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.roaringbitmap.FastAggregation;
import org.roaringbitmap.IntConsumer;
import org.roaringbitmap.RoaringBitmap;

/**
 * Finds the instances that filters ask for. What is the instance's own of an item is not known
 * here: clauses about it are left out, so that then some may be found that are not asked for.
 */
final class Search {
  private Search() {}

  /**
   * What was found. The bitmaps are the caller's own.
   *
   * @param instances by number
   * @param items of each type that is asked for those that count; another type's count all
   */
  record Found(RoaringBitmap instances, Map<String, RoaringBitmap> items) {}

  /** Those for whom everything holds. */
  static Found of(Stock.View view, Asked asked, Hosts hosts) {
    RoaringBitmap instances = view.everybody().clone();
    Map<String, RoaringBitmap> items = new TreeMap<>();
    asked
        .clauses()
        .forEach(
            (type, clauses) -> {
              if (type.equals(Asked.HOST)) {
                instances.and(hosts.holding(view, clauses));
              } else {
                instances.and(
                    view.shelf(type)
                        .map(shelf -> holding(view, shelf, clauses, items))
                        .orElseGet(RoaringBitmap::new));
              }
            });
    return new Found(instances, items);
  }

  private static RoaringBitmap holding(
      Stock.View view, Shelf shelf, List<Clause> all, Map<String, RoaringBitmap> found) {
    Set<String> own = Own.names(shelf.type());
    List<Clause> clauses = all.stream().filter(c -> !own.contains(c.attribute())).toList();
    if (clauses.isEmpty()) {
      return shelf.known().clone();
    }
    if (all.stream().allMatch(clause -> clause.operator() == Operator.NOT_EQUAL)) {
      RoaringBitmap without = shelf.known().clone();
      without.andNot(holders(view, having(view, shelf, clauses)));
      return without;
    }
    RoaringBitmap items = items(view, shelf, clauses);
    found.put(shelf.type(), items);
    return holders(view, items);
  }

  /** The items of a shelf for which all clauses hold; the bitmap is the caller's own. */
  static RoaringBitmap items(Stock.View view, Shelf shelf, List<Clause> clauses) {
    RoaringBitmap items = new RoaringBitmap();
    candidates(shelf, clauses)
        .forEach(
            (IntConsumer)
                number -> {
                  Held held = view.item(number);
                  for (Clause clause : clauses) {
                    if (!clause.holds(held.attributes(), held.order())) {
                      return;
                    }
                  }
                  items.add(number);
                });
    return items;
  }

  /** The items that have a value of any clause. */
  private static RoaringBitmap having(Stock.View view, Shelf shelf, List<Clause> clauses) {
    RoaringBitmap items = new RoaringBitmap();
    for (Clause clause : clauses) {
      candidates(shelf, List.of(new Clause(clause.attribute(), Operator.EQUAL, clause.values())))
          .forEach(
              (IntConsumer)
                  number -> {
                    if (clause.has(view.item(number).attributes())) {
                      items.add(number);
                    }
                  });
    }
    return items;
  }

  /** Items among which are all for which the clauses hold; by their name, where one asks for it. */
  private static RoaringBitmap candidates(Shelf shelf, List<Clause> clauses) {
    for (Clause clause : clauses) {
      if (clause.attribute().equals(Shelf.NAME)) {
        switch (clause.operator()) {
          case EQUAL -> {
            return named(shelf, Set.copyOf(clause.values()));
          }
          case BEGIN_WITH -> {
            return named(
                shelf,
                shelf.names().stream()
                    .filter(name -> clause.values().stream().anyMatch(name::startsWith))
                    .collect(Collectors.toSet()));
          }
          case NOT_EQUAL, LESS_THAN, GREATER_THAN, EXISTS -> {
            // most names: nothing is won
          }
        }
      }
    }
    return shelf.items();
  }

  private static RoaringBitmap named(Shelf shelf, Set<String> names) {
    RoaringBitmap items = new RoaringBitmap();
    for (String name : names) {
      Few same = shelf.named(name);
      if (same != null) {
        same.into(items);
      }
    }
    return items;
  }

  /** Who has any of some items; the bitmap is the caller's own. */
  static RoaringBitmap holders(Stock.View view, RoaringBitmap items) {
    List<RoaringBitmap> several = new ArrayList<>(items.getCardinality());
    RoaringBitmap alone = new RoaringBitmap();
    items.forEach((IntConsumer) number -> view.item(number).holders().into(several, alone));
    several.add(alone);
    return FastAggregation.naive_or(several.iterator());
  }
}

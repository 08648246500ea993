package dev.holdfast.coordinator.inventory;

import dev.holdfast.coordinator.admin.Findings;
import dev.holdfast.coordinator.admin.Refusal;
import dev.holdfast.coordinator.targeting.Few;
import dev.holdfast.task.InventoryLimits;
import dev.holdfast.wire.v1.InventoryAggregator;
import dev.holdfast.wire.v1.InventoryGroup;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.roaringbitmap.IntConsumer;
import org.roaringbitmap.RoaringBitmap;

/**
 * Counts instances by aggregators (spec.md section 5.5). What is counted within a value is counted
 * among those who have it; an inner aggregator of the same type looks at the same items, so the
 * versions within a name are the versions of that name.
 */
final class Counting {
  /** The attribute of a row that says how many instances there are. */
  static final String COUNT = "Count";

  static final String MATCHING = "matchingCount";
  static final String NOT_MATCHING = "notMatchingCount";
  static final String GROUP = "Group";

  private final Stock.View view;
  private final Hosts hosts;
  private final List<Row> rows = new ArrayList<>();

  private Counting(Stock.View view, Hosts hosts) {
    this.view = view;
    this.hosts = hosts;
  }

  /** An aggregator, checked: an expression with what is within it, or groups. */
  sealed interface Aggregator {
    /** By the values of an attribute. */
    record ByValue(Asked.Key key, List<Aggregator> within) implements Aggregator {}

    /** By whether filters hold. */
    record ByGroups(List<Group> groups) implements Aggregator {}
  }

  /** A group: a name, and what makes an instance one of it. */
  record Group(String name, Asked asked) {}

  /**
   * A row of an answer.
   *
   * @param aggregator which one of the request it belongs to, from 0
   */
  record Row(int aggregator, Map<String, String> attributes) {}

  private record Scope(RoaringBitmap instances, Map<String, RoaringBitmap> items) {}

  /** The rows of aggregators, of the instances and items that were found. */
  static List<Row> of(
      Stock.View view, Hosts hosts, List<Aggregator> aggregators, Search.Found found) {
    Counting counting = new Counting(view, hosts);
    for (int i = 0; i < aggregators.size(); i++) {
      counting.count(i, aggregators.get(i), new Scope(found.instances(), found.items()), Map.of());
    }
    return counting.rows;
  }

  private void count(int number, Aggregator aggregator, Scope scope, Map<String, String> outer) {
    switch (aggregator) {
      case Aggregator.ByGroups(var groups) -> {
        for (Group group : groups) {
          RoaringBitmap matching = Search.of(view, group.asked, hosts).instances();
          matching.and(scope.instances);
          Map<String, String> row = new LinkedHashMap<>(outer);
          row.put(GROUP, group.name);
          row.put(MATCHING, Integer.toString(matching.getCardinality()));
          row.put(
              NOT_MATCHING,
              Integer.toString(scope.instances.getCardinality() - matching.getCardinality()));
          add(new Row(number, row));
        }
      }
      case Aggregator.ByValue(var key, var within) -> {
        List<Slice> slices = key.type().equals(Asked.HOST) ? ofHosts(key, scope) : of(key, scope);
        slices.sort(Comparator.comparingInt((Slice s) -> -s.count).thenComparing(s -> s.value));
        for (Slice slice : slices) {
          Map<String, String> row = new LinkedHashMap<>(outer);
          row.put(
              outer.containsKey(key.attribute())
                  ? key.type() + "." + key.attribute()
                  : key.attribute(),
              slice.value);
          if (within.isEmpty()) {
            row.put(COUNT, Integer.toString(slice.count));
            add(new Row(number, row));
          } else {
            Scope inner = inner(key, scope, slice);
            within.forEach(one -> count(number, one, inner, row));
          }
        }
      }
    }
  }

  /** The part of a scope that has one value. */
  private record Slice(String value, int count, RoaringBitmap items, RoaringBitmap instances) {}

  private List<Slice> ofHosts(Asked.Key key, Scope scope) {
    List<Slice> slices = new ArrayList<>();
    hosts
        .by(view, key.attribute(), scope.instances)
        .forEach(
            (value, bits) ->
                slices.add(new Slice(value, bits.getCardinality(), new RoaringBitmap(), bits)));
    return slices;
  }

  private List<Slice> of(Asked.Key key, Scope scope) {
    Optional<Shelf> shelf = view.shelf(key.type());
    if (shelf.isEmpty()) {
      return new ArrayList<>();
    }
    byte[] name = key.attribute().getBytes(java.nio.charset.StandardCharsets.UTF_8);
    Map<String, Few> byValue = new HashMap<>();
    scope
        .items
        .getOrDefault(key.type(), shelf.get().items())
        .forEach(
            (IntConsumer)
                number -> {
                  String value = view.item(number).attributes().value(name);
                  if (value != null) {
                    byValue.computeIfAbsent(value, _ -> new Few()).add(number);
                  }
                });
    boolean all = scope.instances.getCardinality() == view.everybody().getCardinality();
    List<Slice> slices = new ArrayList<>(byValue.size());
    byValue.forEach(
        (value, few) -> {
          RoaringBitmap items = few.bits();
          int count;
          if (few.count() == 1) {
            Few holders = view.item(items.first()).holders();
            count = all ? holders.count() : holders.countIn(scope.instances);
          } else {
            RoaringBitmap holders = Search.holders(view, items);
            count =
                all
                    ? holders.getCardinality()
                    : RoaringBitmap.andCardinality(holders, scope.instances);
          }
          if (count > 0) {
            slices.add(new Slice(value, count, items, scope.instances));
          }
        });
    return slices;
  }

  private Scope inner(Asked.Key key, Scope scope, Slice slice) {
    if (key.type().equals(Asked.HOST)) {
      return new Scope(slice.instances, scope.items);
    }
    RoaringBitmap instances = Search.holders(view, slice.items);
    instances.and(scope.instances);
    Map<String, RoaringBitmap> items = new HashMap<>(scope.items);
    items.put(key.type(), slice.items);
    return new Scope(instances, items);
  }

  private void add(Row row) {
    if (rows.size() == InventoryLimits.MAX_AGGREGATE_ROWS) {
      throw new Refusal(
          "InvalidAggregator",
          "the aggregators come to more than "
              + InventoryLimits.MAX_AGGREGATE_ROWS
              + " rows; narrow them by filters");
    }
    rows.add(row);
  }

  /** Reads aggregators; what is wrong goes to the findings. */
  static List<Aggregator> read(
      List<InventoryAggregator> aggregators,
      String path,
      int depth,
      Predicate<String> known,
      Findings findings,
      Findings groupFindings) {
    List<Aggregator> read = new ArrayList<>();
    if (aggregators.size() > InventoryLimits.MAX_AGGREGATORS) {
      findings.add(
          path,
          aggregators.size()
              + " aggregators; at most "
              + InventoryLimits.MAX_AGGREGATORS
              + " are allowed");
      return read;
    }
    if (depth > InventoryLimits.MAX_AGGREGATOR_DEPTH && !aggregators.isEmpty()) {
      findings.add(
          path,
          "more than "
              + InventoryLimits.MAX_AGGREGATOR_DEPTH
              + " aggregators within each other are not allowed");
      return read;
    }
    for (int i = 0; i < aggregators.size(); i++) {
      InventoryAggregator one = aggregators.get(i);
      String field = path + "[" + i + "]";
      if (one.getExpression().isEmpty() == (one.getGroupsCount() == 0)) {
        findings.add(field, "has to have either an expression or groups");
      } else if (one.getGroupsCount() > 0) {
        if (one.getAggregatorsCount() > 0) {
          findings.add(field + ".aggregators", "are not allowed beside groups");
        }
        read.add(groups(one.getGroupsList(), field + ".groups", known, groupFindings));
      } else {
        List<Aggregator> within =
            read(
                one.getAggregatorsList(),
                field + ".aggregators",
                depth + 1,
                known,
                findings,
                groupFindings);
        key(one.getExpression(), field + ".expression", known, findings)
            .ifPresent(key -> read.add(new Aggregator.ByValue(key, within)));
      }
    }
    return read;
  }

  private static Optional<Asked.Key> key(
      String expression, String path, Predicate<String> known, Findings findings) {
    if (expression.length() > InventoryLimits.MAX_EXPRESSION_CHARS) {
      findings.add(
          path,
          "has "
              + expression.length()
              + " characters; at most "
              + InventoryLimits.MAX_EXPRESSION_CHARS
              + " are allowed");
      return Optional.empty();
    }
    Optional<Asked.Key> key = Asked.key(expression, known);
    boolean allowed =
        key.filter(
                one ->
                    one.type().equals(Asked.HOST)
                        ? Hosts.ATTRIBUTES.contains(one.attribute())
                        : !Own.names(one.type()).contains(one.attribute()))
            .isPresent();
    if (!allowed) {
      findings.add(
          path,
          "'"
              + Findings.printable(expression)
              + "'; allowed is a type and one of its attributes that can be counted, like"
              + " AWS:Application.Name: GetInventorySchema with aggregator lists them");
      return Optional.empty();
    }
    return key;
  }

  private static Aggregator groups(
      List<InventoryGroup> groups, String path, Predicate<String> known, Findings findings) {
    List<Group> read = new ArrayList<>();
    if (groups.size() > InventoryLimits.MAX_GROUPS) {
      findings.add(
          path, groups.size() + " groups; at most " + InventoryLimits.MAX_GROUPS + " are allowed");
    }
    for (int i = 0; i < groups.size(); i++) {
      InventoryGroup group = groups.get(i);
      String field = path + "[" + i + "]";
      if (group.getName().isEmpty() || group.getName().length() > Asked.MAX_CHARS) {
        findings.add(field + ".name", "1 to " + Asked.MAX_CHARS + " characters are allowed");
      }
      if (group.getFiltersCount() == 0) {
        findings.add(field + ".filters", "at least one is needed");
      }
      Asked asked = Asked.of(group.getFiltersList(), field + ".filters", known, findings);
      if (asked.ofOwn()) {
        findings.add(
            field + ".filters",
            "an attribute that differs from instance to instance can't be used");
      }
      read.add(new Group(group.getName(), asked));
    }
    return new Aggregator.ByGroups(read);
  }
}

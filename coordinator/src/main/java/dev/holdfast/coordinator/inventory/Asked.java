package dev.holdfast.coordinator.inventory;

import dev.holdfast.coordinator.admin.Findings;
import dev.holdfast.coordinator.inventory.Clause.Operator;
import dev.holdfast.task.InventoryLimits;
import dev.holdfast.wire.v1.Filter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What the filters of a request ask for, by type (spec.md section 5.5).
 *
 * @param clauses of each type those that must hold on one and the same entry
 */
record Asked(Map<String, List<Clause>> clauses) {
  /** Instances by what their own row says. */
  static final String HOST = "AWS:InstanceInformation";

  /** Characters of a key and of a value. */
  static final int MAX_CHARS = 200;

  /** An attribute of a type, as keys and expressions name it. */
  record Key(String type, String attribute) {}

  /**
   * Reads filters; what is wrong goes to the findings.
   *
   * @param path of the list of filters in the request
   * @param known whether there is a type: in types and attributes there may be dots
   */
  static Asked of(List<Filter> filters, String path, Predicate<String> known, Findings findings) {
    if (filters.size() > InventoryLimits.MAX_FILTERS) {
      findings.add(
          path,
          filters.size() + " filters; at most " + InventoryLimits.MAX_FILTERS + " are allowed");
    }
    Map<String, List<Clause>> clauses = new TreeMap<>();
    for (int i = 0; i < filters.size(); i++) {
      String field = path + "[" + i + "]";
      Filter filter = filters.get(i);
      Optional<Key> key = key(filter.getKey(), known);
      if (key.isEmpty()) {
        findings.add(
            field + ".key",
            "'"
                + Findings.printable(filter.getKey())
                + "'; allowed is a type and an attribute, like AWS:Application.Name");
      } else if (key.get().type.equals(HOST) && !Hosts.ATTRIBUTES.contains(key.get().attribute)) {
        findings.add(
            field + ".key",
            "'"
                + Findings.printable(filter.getKey())
                + "'; of "
                + HOST
                + " allowed are "
                + String.join(", ", Hosts.ATTRIBUTES));
      } else {
        clause(filter, key.get().attribute, field, findings)
            .ifPresent(
                clause ->
                    clauses.computeIfAbsent(key.get().type, _ -> new ArrayList<>()).add(clause));
      }
    }
    return new Asked(clauses);
  }

  /** Reads what one filter asks of an attribute; what is wrong goes to the findings. */
  static Optional<Clause> clause(Filter filter, String attribute, String path, Findings findings) {
    Optional<Operator> operator =
        switch (filter.getOperator()) {
          case FILTER_OPERATOR_UNSPECIFIED, FILTER_OPERATOR_EQUAL -> Optional.of(Operator.EQUAL);
          case FILTER_OPERATOR_NOT_EQUAL -> Optional.of(Operator.NOT_EQUAL);
          case FILTER_OPERATOR_BEGIN_WITH -> Optional.of(Operator.BEGIN_WITH);
          case FILTER_OPERATOR_LESS_THAN -> Optional.of(Operator.LESS_THAN);
          case FILTER_OPERATOR_GREATER_THAN -> Optional.of(Operator.GREATER_THAN);
          case FILTER_OPERATOR_EXISTS -> Optional.of(Operator.EXISTS);
          case UNRECOGNIZED -> Optional.empty();
        };
    if (operator.isEmpty()) {
      findings.add(path + ".operator", "is not known");
      return Optional.empty();
    }
    boolean exists = operator.get() == Operator.EXISTS;
    int count = filter.getValuesCount();
    if (exists ? count > 0 : count == 0 || count > InventoryLimits.MAX_VALUES) {
      findings.add(
          path + ".values",
          count
              + " values; "
              + (exists
                  ? "none are allowed with EXISTS"
                  : "1 to " + InventoryLimits.MAX_VALUES + " are allowed"));
      return Optional.empty();
    }
    return Optional.of(new Clause(attribute, operator.get(), filter.getValuesList()));
  }

  /**
   * Reads a key. Where there are several dots the longest type that is known counts, and without
   * one the last dot.
   */
  static Optional<Key> key(String text, Predicate<String> known) {
    Optional<Key> last = Optional.empty();
    int dot = text.length() > MAX_CHARS ? -1 : text.lastIndexOf('.');
    for (; dot > 0; dot = text.lastIndexOf('.', dot - 1)) {
      Key key = new Key(text.substring(0, dot), text.substring(dot + 1));
      if (!key.attribute.isEmpty() && InventoryCheck.isType(key.type)) {
        if (known.test(key.type)) {
          return Optional.of(key);
        }
        last = last.or(() -> Optional.of(key));
      }
    }
    return last;
  }

  boolean isEmpty() {
    return clauses.isEmpty();
  }

  /** What is asked of the instances' own rows. */
  List<Clause> ofHosts() {
    return clauses.getOrDefault(HOST, List.of());
  }

  /** Whether it asks for what is the instance's own of an item: only its row tells. */
  boolean ofOwn() {
    return clauses.entrySet().stream()
        .anyMatch(
            type ->
                type.getValue().stream()
                    .anyMatch(clause -> Own.names(type.getKey()).contains(clause.attribute())));
  }
}

package dev.holdfast.coordinator.admin;

import dev.holdfast.wire.v1.Filter;
import dev.holdfast.wire.v1.FilterOperator;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/** The conditions of a list request: all filters must hold, any value of one is enough. */
public final class Filters {
  /** Filters of a request. */
  public static final int MAX_FILTERS = 10;

  /** Values of a filter. */
  public static final int MAX_VALUES = 50;

  /** Characters of a key that names an attribute. */
  static final int MAX_ATTRIBUTE_CHARS = 200;

  private final List<Filter> filters;

  private Filters(List<Filter> filters) {
    this.filters = filters;
  }

  /**
   * Checks them.
   *
   * @param keys the keys that can be asked for; one that ends with a colon allows anything behind
   *     it
   */
  public static Filters of(List<Filter> filters, Set<String> keys) {
    return checked(
        filters,
        key ->
            keys.contains(key) || keys.stream().anyMatch(k -> k.endsWith(":") && key.startsWith(k)),
        String.join(", ", keys.stream().sorted().toList()));
  }

  /** Checks filters whose keys are the names of somebody else's attributes: any text is one. */
  public static Filters ofAttributes(List<Filter> filters) {
    return checked(
        filters,
        key -> !key.isEmpty() && key.length() <= MAX_ATTRIBUTE_CHARS,
        "the names of attributes, of 1 to " + MAX_ATTRIBUTE_CHARS + " characters");
  }

  private static Filters checked(List<Filter> filters, Predicate<String> allowed, String keys) {
    Findings findings = new Findings();
    if (filters.size() > MAX_FILTERS) {
      findings.add("filters", filters.size() + " filters; at most " + MAX_FILTERS + " are allowed");
    }
    for (int i = 0; i < filters.size(); i++) {
      Filter filter = filters.get(i);
      String path = "filters[" + i + "]";
      if (!allowed.test(filter.getKey())) {
        findings.add(
            path + ".key", "'" + Findings.printable(filter.getKey()) + "'; allowed are " + keys);
      }
      boolean exists = filter.getOperator() == FilterOperator.FILTER_OPERATOR_EXISTS;
      if (filter.getValuesCount() > MAX_VALUES || (filter.getValuesCount() == 0 && !exists)) {
        findings.add(
            path + ".values",
            filter.getValuesCount() + " values; 1 to " + MAX_VALUES + " are allowed");
      }
      if (filter.getOperator() == FilterOperator.UNRECOGNIZED) {
        findings.add(path + ".operator", "is not known");
      }
    }
    findings.refuse("InvalidFilterKey");
    return new Filters(List.copyOf(filters));
  }

  /** Whether they all hold for one that has exactly one value a key. */
  public boolean hold(Function<String, String> valueOf) {
    return holdAny(key -> List.of(valueOf.apply(key)));
  }

  /** Whether they all hold for one that may have several values a key, or none. */
  public boolean holdAny(Function<String, ? extends Collection<String>> valuesOf) {
    return holdAny(_ -> true, valuesOf);
  }

  /** The same of those whose keys are among some. */
  public boolean holdAny(
      Predicate<String> among, Function<String, ? extends Collection<String>> valuesOf) {
    return filters.stream()
        .filter(filter -> among.test(filter.getKey()))
        .allMatch(filter -> holds(filter, valuesOf.apply(filter.getKey())));
  }

  /** Refuses any filter with a key but by its whole value: nothing else of it is known. */
  public void wholeOnly(String key) {
    Findings findings = new Findings();
    for (int i = 0; i < filters.size(); i++) {
      FilterOperator operator = filters.get(i).getOperator();
      if (filters.get(i).getKey().equals(key)
          && operator != FilterOperator.FILTER_OPERATOR_UNSPECIFIED
          && operator != FilterOperator.FILTER_OPERATOR_EQUAL
          && operator != FilterOperator.FILTER_OPERATOR_NOT_EQUAL) {
        findings.add(
            "filters[" + i + "].operator", "allowed with " + key + " are EQUAL and NOT_EQUAL");
      }
    }
    findings.refuse("InvalidFilterOption");
  }

  /** All values that are asked for with a key, whatever the operator. */
  public List<String> asked(String key) {
    return filters.stream()
        .filter(filter -> filter.getKey().equals(key))
        .flatMap(filter -> filter.getValuesList().stream())
        .distinct()
        .toList();
  }

  /** The first key of some that has a filter with operator EQUAL. */
  public Optional<String> firstEqual(Predicate<String> among) {
    return filters.stream()
        .map(Filter::getKey)
        .filter(among)
        .filter(key -> !equal(key).isEmpty())
        .findFirst();
  }

  /**
   * The values of the filters with this key and operator EQUAL; empty if there is no such filter.
   */
  public List<String> equal(String key) {
    return filters.stream()
        .filter(f -> f.getKey().equals(key))
        .filter(
            f ->
                f.getOperator() == FilterOperator.FILTER_OPERATOR_EQUAL
                    || f.getOperator() == FilterOperator.FILTER_OPERATOR_UNSPECIFIED)
        .findFirst()
        .map(f -> List.copyOf(f.getValuesList()))
        .orElse(List.of());
  }

  private static boolean holds(Filter filter, Collection<String> actual) {
    Collection<String> wanted = filter.getValuesList();
    return switch (filter.getOperator()) {
      case FILTER_OPERATOR_UNSPECIFIED, FILTER_OPERATOR_EQUAL ->
          actual.stream().anyMatch(wanted::contains);
      case FILTER_OPERATOR_NOT_EQUAL -> actual.stream().noneMatch(wanted::contains);
      case FILTER_OPERATOR_BEGIN_WITH ->
          actual.stream().anyMatch(value -> wanted.stream().anyMatch(value::startsWith));
      case FILTER_OPERATOR_LESS_THAN ->
          actual.stream()
              .anyMatch(value -> wanted.stream().anyMatch(bound -> compare(value, bound) < 0));
      case FILTER_OPERATOR_GREATER_THAN ->
          actual.stream()
              .anyMatch(value -> wanted.stream().anyMatch(bound -> compare(value, bound) > 0));
      case FILTER_OPERATOR_EXISTS -> !actual.isEmpty();
      case UNRECOGNIZED -> false;
    };
  }

  private static int compare(String left, String right) {
    if (left.matches("-?\\d{1,18}") && right.matches("-?\\d{1,18}")) {
      return Long.compare(Long.parseLong(left), Long.parseLong(right));
    }
    return left.compareTo(right);
  }

  /** The values of tags as a filter sees them: {@code tag:KEY} and {@code tag-key}. */
  public static Collection<String> tagValues(String filterKey, Map<String, String> tags) {
    if (filterKey.equals("tag-key")) {
      return tags.keySet();
    }
    String value = tags.get(filterKey.substring("tag:".length()));
    return value == null ? List.of() : List.of(value);
  }
}

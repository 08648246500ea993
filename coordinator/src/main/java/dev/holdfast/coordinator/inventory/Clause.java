package dev.holdfast.coordinator.inventory;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a filter asks of one attribute of an entry: any of its values is enough. Attributes whose
 * name ends with {@code Version} are compared as versions, numbers as numbers, all else as text.
 */
final class Clause {
  private static final Pattern NUMBER = Pattern.compile("-?\\d{1,30}(\\.\\d{1,30})?");

  private final String attribute;
  private final Operator operator;
  private final List<String> values;
  private final byte[] attributeUtf8;
  private final List<byte[]> valuesUtf8;

  /** How a value is compared with those of a filter. */
  enum Operator {
    /** It is one of them. */
    EQUAL,
    /** It is none of them, or there is none. */
    NOT_EQUAL,
    /** It begins with one of them. */
    BEGIN_WITH,
    /** It is below one of them. */
    LESS_THAN,
    /** It is above one of them. */
    GREATER_THAN,
    /** There is one. */
    EXISTS
  }

  Clause(String attribute, Operator operator, List<String> values) {
    this.attribute = attribute;
    this.operator = operator;
    this.values = List.copyOf(values);
    this.attributeUtf8 = attribute.getBytes(StandardCharsets.UTF_8);
    this.valuesUtf8 = values.stream().map(v -> v.getBytes(StandardCharsets.UTF_8)).toList();
  }

  String attribute() {
    return attribute;
  }

  Operator operator() {
    return operator;
  }

  List<String> values() {
    return values;
  }

  /** Whether it holds for an item. */
  boolean holds(Attributes item, VersionOrder order) {
    return switch (operator) {
      case EQUAL -> has(item);
      case NOT_EQUAL -> !has(item);
      case BEGIN_WITH, LESS_THAN, GREATER_THAN, EXISTS -> {
        String value = item.value(attributeUtf8);
        yield value != null && holds(value, item, order);
      }
    };
  }

  /** Whether an item has one of its values. */
  boolean has(Attributes item) {
    for (byte[] value : valuesUtf8) {
      if (item.has(attributeUtf8, value)) {
        return true;
      }
    }
    return false;
  }

  /** Whether it holds for the value of something that is no item; null: there is none. */
  boolean holds(@Nullable String value) {
    return switch (operator) {
      case EQUAL -> value != null && values.contains(value);
      case NOT_EQUAL -> value == null || !values.contains(value);
      case BEGIN_WITH, LESS_THAN, GREATER_THAN, EXISTS ->
          value != null && holds(value, NOTHING, VersionOrder.GENERIC);
    };
  }

  private static final Attributes NOTHING = Attributes.of(new byte[0]);

  private boolean holds(String value, Attributes item, VersionOrder order) {
    for (String bound : values) {
      boolean holds =
          switch (operator) {
            case BEGIN_WITH -> value.startsWith(bound);
            case LESS_THAN -> compare(value, bound, item, order) < 0;
            case GREATER_THAN -> compare(value, bound, item, order) > 0;
            case EQUAL, NOT_EQUAL, EXISTS -> true;
          };
      if (holds) {
        return true;
      }
    }
    return operator == Operator.EXISTS;
  }

  private int compare(String value, String bound, Attributes item, VersionOrder order) {
    if (attribute.endsWith("Version")) {
      return order.compare(order.read(attribute, value, item), order.parse(bound));
    }
    return NUMBER.matcher(value).matches() && NUMBER.matcher(bound).matches()
        ? new BigDecimal(value).compareTo(new BigDecimal(bound))
        : value.compareTo(bound);
  }
}

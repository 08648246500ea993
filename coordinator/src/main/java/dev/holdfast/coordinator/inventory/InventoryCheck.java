package dev.holdfast.coordinator.inventory;

import dev.holdfast.task.InventoryLimits;
import dev.holdfast.task.Limits;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Decides whether a content of inventory, or a difference of one, is of the form that is stored.
 */
public final class InventoryCheck {
  /** What types may be called: {@code AWS:Application}, {@code Host:Port}, {@code Custom:Racks}. */
  public static final Pattern TYPE =
      Pattern.compile("(AWS|Custom|Host):[A-Za-z0-9_.-]{1,92}(:[A-Za-z0-9_.-]{1,92})?");

  /** What types begin with that are not the agent's alone. */
  static final String CUSTOM = "Custom:";

  /** Characters of a type's name. */
  static final int MAX_TYPE_CHARS = 100;

  private static final Pattern SCHEMA_VERSION = Pattern.compile("\\d{1,6}(\\.\\d{1,6})?");
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  private InventoryCheck() {}

  /** Whether a type may be called so. */
  static boolean isType(String type) {
    return type.length() <= MAX_TYPE_CHARS && TYPE.matcher(type).matches();
  }

  /** Whether a schema version has the form of one. */
  static boolean isSchemaVersion(String version) {
    return SCHEMA_VERSION.matcher(version).matches();
  }

  /**
   * Why a report is not stored; empty if its form is right.
   *
   * @param hashes of the content, and of its base if it has one
   * @param types that are stored of the instance
   */
  static Optional<String> refusal(
      String type, String schemaVersion, List<String> hashes, Collection<String> types) {
    if (!isType(type)) {
      return Optional.of(
          "an inventory type that is not named AWS:..., Host:... or Custom:... in at most "
              + MAX_TYPE_CHARS
              + " letters, digits, dots, dashes and underscores");
    }
    if (!isSchemaVersion(schemaVersion)) {
      return Optional.of("a schema version of " + type + " that is not like 1.0");
    }
    for (String hash : hashes) {
      if (!HASH.matcher(hash).matches()) {
        return Optional.of("a hash of " + type + " that is not a SHA-256 in lower-case hex");
      }
    }
    return types.contains(type) ? Optional.empty() : another(type, types);
  }

  private static Optional<String> another(String type, Collection<String> types) {
    if (types.size() >= Limits.MAX_INVENTORY_TYPES) {
      return Optional.of(
          "another inventory type; at most "
              + Limits.MAX_INVENTORY_TYPES
              + " are stored of an instance");
    }
    if (type.startsWith(CUSTOM)
        && types.stream().filter(each -> each.startsWith(CUSTOM)).count()
            >= InventoryLimits.MAX_CUSTOM_TYPES) {
      return Optional.of(
          "another custom inventory type; at most "
              + InventoryLimits.MAX_CUSTOM_TYPES
              + " are stored of an instance");
    }
    return Optional.empty();
  }

  /** What is wrong with items; empty if they are right. */
  static Optional<String> refusal(String type, List<Map<String, String>> items) {
    Optional<String> many = tooMany(type, items.size());
    if (many.isPresent()) {
      return many;
    }
    for (int i = 0; i < items.size(); i++) {
      Optional<String> wrong = refusal(items.get(i));
      if (wrong.isPresent()) {
        return Optional.of("entry " + (i + 1) + " of " + type + ": " + wrong.get());
      }
    }
    return Optional.empty();
  }

  /** Why so many items are not stored; empty if they are. */
  static Optional<String> tooMany(String type, int items) {
    return items > Limits.MAX_INVENTORY_ITEMS
        ? Optional.of(
            type
                + " of "
                + items
                + " items; at most "
                + Limits.MAX_INVENTORY_ITEMS
                + " are stored of a type")
        : Optional.empty();
  }

  private static Optional<String> refusal(Map<String, String> item) {
    if (item.size() > InventoryLimits.MAX_ATTRIBUTES) {
      return Optional.of(
          item.size() + " attributes; at most " + InventoryLimits.MAX_ATTRIBUTES + " are stored");
    }
    for (Map.Entry<String, String> attribute : item.entrySet()) {
      String name = attribute.getKey();
      if (name.isEmpty()
          || name.length() > InventoryLimits.MAX_ATTRIBUTE_NAME_CHARS
          || name.chars().anyMatch(Character::isISOControl)) {
        return Optional.of(
            "an attribute whose name is not 1 to "
                + InventoryLimits.MAX_ATTRIBUTE_NAME_CHARS
                + " characters without control characters");
      }
      if (attribute.getValue().length() > Limits.MAX_INVENTORY_VALUE_CHARS) {
        return Optional.of(
            "a value of "
                + attribute.getValue().length()
                + " characters; at most "
                + Limits.MAX_INVENTORY_VALUE_CHARS
                + " are stored");
      }
    }
    return Optional.empty();
  }
}

package dev.holdfast.coordinator.inventory;

import com.google.protobuf.ByteString;
import dev.holdfast.report.Report;
import dev.holdfast.task.Limits;
import java.util.Collection;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Decides whether an inventory report is stored. Its hash is the instance's own mark by which it
 * tells what changed: its form is checked and it is passed on, not computed again.
 */
public final class InventoryCheck {
  /** What types may be called: {@code AWS:Application}, {@code Host:Port}, {@code Custom:Racks}. */
  public static final Pattern TYPE =
      Pattern.compile("(AWS|Custom|Host):[A-Za-z0-9_.-]{1,92}(:[A-Za-z0-9_.-]{1,92})?");

  private static final int MAX_TYPE_CHARS = 100;
  private static final Pattern SCHEMA_VERSION = Pattern.compile("\\d{1,6}(\\.\\d{1,6})?");
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  private InventoryCheck() {}

  /**
   * Why a report is not stored; empty if it is.
   *
   * @param packed its items as they were sent
   * @param types that are stored of the instance
   */
  public static Optional<String> refusal(
      Report.Inventory report, ByteString packed, Collection<String> types) {
    if (packed.size() > Limits.MAX_INVENTORY_TYPE_BYTES) {
      return Optional.of(
          "inventory of "
              + packed.size()
              + " bytes; at most "
              + Limits.MAX_INVENTORY_TYPE_BYTES
              + " are stored of a type");
    }
    if (report.items().size() > Limits.MAX_INVENTORY_ITEMS) {
      return Optional.of(
          "inventory of "
              + report.items().size()
              + " items; at most "
              + Limits.MAX_INVENTORY_ITEMS
              + " are stored of a type");
    }
    if (report.typeName().length() > MAX_TYPE_CHARS || !TYPE.matcher(report.typeName()).matches()) {
      return Optional.of(
          "an inventory type that is not named AWS:... or Custom:... in at most "
              + MAX_TYPE_CHARS
              + " letters, digits, dots, dashes and underscores");
    }
    if (!SCHEMA_VERSION.matcher(report.schemaVersion()).matches()) {
      return Optional.of("a schema version of " + report.typeName() + " that is not like 1.0");
    }
    if (!HASH.matcher(report.contentHash()).matches()) {
      return Optional.of(
          "a content hash of " + report.typeName() + " that is not a SHA-256 in lower-case hex");
    }
    if (!types.contains(report.typeName()) && types.size() >= Limits.MAX_INVENTORY_TYPES) {
      return Optional.of(
          "another inventory type; at most "
              + Limits.MAX_INVENTORY_TYPES
              + " are stored of an instance");
    }
    return Optional.empty();
  }
}

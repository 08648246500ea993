package dev.holdfast.coordinator.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.holdfast.coordinator.testing.Estate;
import dev.holdfast.report.Report;
import dev.holdfast.task.Limits;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class InventoryCheckTest {
  private static final String HASH = Estate.revision(1, 1).hex();
  private static final ByteString PACKED = ByteString.copyFromUtf8("packed");

  @ParameterizedTest
  @ValueSource(strings = {"AWS:Application", "AWS:InstanceInformation", "Custom:Rack-7_b.c"})
  void typesOfBothKindsAreStored(String type) {
    assertEquals(
        Optional.empty(), InventoryCheck.refusal(report(type, "1.0", HASH, 1), PACKED, Set.of()));
  }

  @ParameterizedTest
  @CsvSource({
    "Application, 1.0, an inventory type that is not named",
    "aws:Application, 1.0, an inventory type that is not named",
    "'AWS:', 1.0, an inventory type that is not named",
    "AWS:A|B, 1.0, an inventory type that is not named",
    "'AWS:A\n', 1.0, an inventory type that is not named",
    "AWS:Application, '', a schema version",
    "AWS:Application, 1.0.0, a schema version",
    "AWS:Application, latest, a schema version",
  })
  void othersAreRefused(String type, String schemaVersion, String reason) {
    Optional<String> refusal =
        InventoryCheck.refusal(report(type, schemaVersion, HASH, 1), PACKED, Set.of());

    assertTrue(refusal.orElse("").contains(reason), refusal::toString);
  }

  @Test
  void sizesAreBounded() {
    Report.Inventory right = report("AWS:Application", "1.0", HASH, 1);
    assertEquals(
        Optional.of("inventory of 1048577 bytes; at most 1048576 are stored of a type"),
        InventoryCheck.refusal(
            right, ByteString.copyFrom(new byte[Limits.MAX_INVENTORY_TYPE_BYTES + 1]), Set.of()));
    assertEquals(
        Optional.of("inventory of 20001 items; at most 20000 are stored of a type"),
        InventoryCheck.refusal(
            report("AWS:Application", "1.0", HASH, Limits.MAX_INVENTORY_ITEMS + 1),
            PACKED,
            Set.of()));
    assertTrue(
        InventoryCheck.refusal(report("AWS:" + "a".repeat(97), "1.0", HASH, 1), PACKED, Set.of())
            .isPresent());
    assertTrue(
        InventoryCheck.refusal(report("AWS:Application", "1.0", "no hash", 1), PACKED, Set.of())
            .isPresent());
  }

  @Test
  void aTypeMoreThanThereMayBeIsRefusedAndOneThatIsThereIsNot() {
    Set<String> types =
        IntStream.range(0, Limits.MAX_INVENTORY_TYPES)
            .mapToObj(i -> "Custom:T" + i)
            .collect(Collectors.toSet());

    assertEquals(
        Optional.of("another inventory type; at most 20 are stored of an instance"),
        InventoryCheck.refusal(report("AWS:Application", "1.0", HASH, 1), PACKED, types));
    assertEquals(
        Optional.empty(),
        InventoryCheck.refusal(report("Custom:T3", "1.0", HASH, 1), PACKED, types));
  }

  private static Report.Inventory report(
      String type, String schemaVersion, String hash, int items) {
    return new Report.Inventory(
        type,
        schemaVersion,
        Estate.START,
        hash,
        List.copyOf(Collections.nCopies(items, Map.<String, String>of())));
  }
}

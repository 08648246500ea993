package dev.holdfast.coordinator.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.coordinator.testing.Estate;
import dev.holdfast.task.InventoryLimits;
import dev.holdfast.task.Limits;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class InventoryCheckTest {
  private static final List<String> HASHES = List.of(Estate.revision(1, 1).hex());

  @ParameterizedTest
  @ValueSource(
      strings = {"AWS:Application", "AWS:InstanceInformation", "Custom:Rack-7_b.c", "Host:Port"})
  void typesOfAllKindsAreStored(String type) {
    assertEquals(Optional.empty(), InventoryCheck.refusal(type, "1.0", HASHES, Set.of()));
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
    Optional<String> refusal = InventoryCheck.refusal(type, schemaVersion, HASHES, Set.of());

    assertTrue(refusal.orElse("").contains(reason), refusal::toString);
  }

  @Test
  void everyHashIsLookedAt() {
    assertTrue(
        InventoryCheck.refusal("AWS:A", "1.0", List.of(HASHES.getFirst(), "no hash"), Set.of())
            .isPresent());
    assertTrue(
        InventoryCheck.refusal("AWS:" + "a".repeat(97), "1.0", HASHES, Set.of()).isPresent());
  }

  @Test
  void itemsAreBounded() {
    assertEquals(
        Optional.of("AWS:A of 20001 items; at most 20000 are stored of a type"),
        InventoryCheck.refusal(
            "AWS:A", Collections.nCopies(Limits.MAX_INVENTORY_ITEMS + 1, Map.of())));
    assertEquals(Optional.empty(), refusal(Map.of("a".repeat(64), "x".repeat(4_096))));
    assertEquals(
        Optional.of("entry 1 of AWS:A: a value of 4097 characters; at most 4096 are stored"),
        refusal(Map.of("a", "x".repeat(4_097))));
    for (String name : List.of("", "a".repeat(65), "a\nb")) {
      assertTrue(refusal(Map.of(name, "x")).orElse("").contains("an attribute whose name"), name);
    }
    Map<String, String> wide = new TreeMap<>();
    for (int i = 0; i < InventoryLimits.MAX_ATTRIBUTES; i++) {
      wide.put("a" + i, "");
    }
    assertEquals(Optional.empty(), refusal(wide));
    wide.put("more", "");
    assertEquals(
        Optional.of("entry 1 of AWS:A: 51 attributes; at most 50 are stored"), refusal(wide));
  }

  @Test
  void aTypeMoreThanThereMayBeIsRefusedAndOneThatIsThereIsNot() {
    Set<String> types = types("Host:T", Limits.MAX_INVENTORY_TYPES);
    Set<String> custom = types("Custom:T", InventoryLimits.MAX_CUSTOM_TYPES);

    assertEquals(
        Optional.of(
            "another inventory type; at most "
                + Limits.MAX_INVENTORY_TYPES
                + " are stored of an instance"),
        InventoryCheck.refusal("AWS:Application", "1.0", HASHES, types));
    assertEquals(Optional.empty(), InventoryCheck.refusal("Host:T3", "1.0", HASHES, types));
    assertEquals(
        Optional.of("another custom inventory type; at most 20 are stored of an instance"),
        InventoryCheck.refusal("Custom:More", "1.0", HASHES, custom));
    assertEquals(Optional.empty(), InventoryCheck.refusal("Custom:T3", "1.0", HASHES, custom));
    assertEquals(Optional.empty(), InventoryCheck.refusal("AWS:A", "1.0", HASHES, custom));
  }

  private static Optional<String> refusal(Map<String, String> item) {
    return InventoryCheck.refusal("AWS:A", List.of(item));
  }

  private static Set<String> types(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i).collect(Collectors.toSet());
  }
}

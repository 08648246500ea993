package dev.holdfast.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ItemsTest {
  @Test
  void aDifferenceLeadsFromOneContentToTheOtherAndSoDoesItsHash() {
    Random random = new Random(5);
    for (int round = 0; round < 2_000; round++) {
      List<Map<String, String>> before = content(random);
      List<Map<String, String>> after = content(random);
      Items.Difference difference = Items.between(before, after);
      assertEquals(
          counts(after), Items.after(before, difference).map(ItemsTest::counts).orElseThrow());
      assertEquals(
          Items.hash(after),
          Items.hash(
              Items.hash(before),
              difference.removed().stream().map(Items::hash).toList(),
              difference.added().stream().map(Items::hash).toList()));
      assertEquals(counts(before).equals(counts(after)), difference.isEmpty());
      assertEquals(
          counts(before).equals(counts(after)), Items.hash(before).equals(Items.hash(after)));
    }
  }

  @Test
  void theOrderOfItemsAndOfAttributesIsNoPartOfAContent() {
    Random random = new Random(6);
    for (int round = 0; round < 200; round++) {
      List<Map<String, String>> one = content(random);
      List<Map<String, String>> other = new ArrayList<>(one);
      Collections.shuffle(other, random);
      assertEquals(Items.hash(one), Items.hash(other));
    }
  }

  @Test
  void attributesThatReadTheSameInARowAreNotTheSame() {
    assertNotEquals(Items.hash(Map.of("ab", "c")), Items.hash(Map.of("a", "bc")));
    assertNotEquals(Items.hash(Map.of("a", "b", "c", "d")), Items.hash(Map.of("a", "bcd")));
  }

  @Test
  void whatIsNotThereCanNotBeRemoved() {
    Map<String, String> item = Map.of("Name", "bash");
    assertEquals(
        Optional.empty(),
        Items.after(List.of(item), new Items.Difference(List.of(item, item), List.of())));
  }

  @Test
  void anEmptyContentHasTheHashZero() {
    assertEquals("0".repeat(64), Items.hash(List.<Map<String, String>>of()));
    assertThrows(IllegalArgumentException.class, () -> Items.hash("00", List.of(), List.of()));
  }

  private static Map<Map<String, String>, Integer> counts(Collection<Map<String, String>> items) {
    Map<Map<String, String>, Integer> counts = new HashMap<>();
    items.forEach(item -> counts.merge(item, 1, Integer::sum));
    return counts;
  }

  private static List<Map<String, String>> content(Random random) {
    List<Map<String, String>> items = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      items.add(Map.of("Name", "n" + random.nextInt(4), "Version", "" + random.nextInt(2)));
    }
    return items;
  }
}

package dev.holdfast.coordinator.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.coordinator.inventory.Entries.Entry;
import dev.holdfast.inventory.ContentSum;
import dev.holdfast.inventory.Items;
import dev.holdfast.testing.Cases;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** The forms in which items and entries are kept. */
final class EntriesTest {
  private static final List<String> TEXTS =
      List.of("", "a", "Name", "InstalledTime", "ü€𝄞", "x".repeat(300), "2026-01-02T03:04:05Z");

  @Test
  void whatIsPackedReadsBackInItsOrder() {
    Cases.check(
        200,
        random -> {
          List<Entry> entries = entries(random, random.nextInt(40));

          byte[] packed = Entries.pack(entries);

          assertEquals(entries, Entries.unpack(packed));
          List<Integer> numbers = new ArrayList<>();
          Entries.numbers(packed, numbers::add);
          assertEquals(entries.stream().map(Entry::item).toList(), numbers);
        });
  }

  @Test
  void aPackageInstalledAtAMomentTakesFewBytes() {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 900; i++) {
      entries.add(
          Entry.of(
              100 * i,
              Map.of(
                  "InstalledTime",
                  java.time.Instant.ofEpochSecond(1_770_000_000L + 991L * i).toString())));
    }

    assertTrue(Entries.pack(entries).length < 6 * 900, "about six bytes an entry");
    assertEquals("2026-02-02T02:40:00Z", entries.getFirst().own().get("InstalledTime"));
  }

  @Test
  void aTimeThatWouldReadBackOtherwiseStaysAsItIs() {
    for (String text :
        List.of(
            "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.1Z", "2026-02-30T00:00:00Z", "soon", "")) {
      Entry entry = Entry.of(7, Map.of("InstalledTime", text));

      Entry back = Entries.unpack(Entries.pack(List.of(entry))).getFirst();

      assertEquals(Map.of("InstalledTime", text), back.own());
    }
  }

  @Test
  void aDifferenceLeadsFromOneContentToTheOther() {
    Cases.check(
        200,
        random -> {
          List<Entry> before = entries(random, random.nextInt(20));
          List<Entry> after = entries(random, random.nextInt(20));

          Entries.Difference difference = Entries.between(before, after);

          List<Entry> moved = new ArrayList<>(before);
          difference.removed().forEach(entry -> assertTrue(Entries.remove(moved, entry)));
          difference.added().forEach(entry -> Entries.add(moved, entry));
          assertEquals(after, moved);
          for (int item = 0; item < 12; item++) {
            int wanted = item;
            assertEquals(
                after.stream().anyMatch(entry -> entry.item() == wanted), Entries.has(after, item));
          }
          assertFalse(Entries.remove(moved, new Entry(99, Entry.NONE, Map.of())));
        });
  }

  @Test
  void theFormOfAnItemIsTheOneThatIsHashed() {
    Cases.check(
        200,
        random -> {
          Map<String, String> item = new TreeMap<>();
          for (int i = random.nextInt(5); i > 0; i--) {
            item.put(text(random) + i, text(random));
          }
          Attributes kept = Attributes.of(item);

          assertEquals(Items.hash(item).hex(), HexFormat.of().formatHex(kept.sha256()));
          assertEquals(item, kept.map());
          item.forEach((name, value) -> assertEquals(value, kept.value(name)));
          assertNull(kept.value("not there"));
        });
  }

  @Test
  void theSumOfItemsIsTheHashOfAContent() {
    Cases.check(
        50,
        random -> {
          List<Map<String, String>> items = new ArrayList<>();
          ContentSum sum = new ContentSum();
          for (int i = random.nextInt(20); i > 0; i--) {
            Map<String, String> item = Map.of("Name", text(random), "N", Integer.toString(i % 4));
            items.add(item);
            sum.add(Attributes.of(item).sha256());
          }
          assertEquals(Items.hash(items), sum.hex());
          ContentSum less = ContentSum.at(sum.hex());
          while (!items.isEmpty()) {
            less.remove(Attributes.of(items.removeLast()).sha256());
            assertEquals(Items.hash(items), less.hex());
          }
        });
  }

  @Test
  void onlyWhatDiffersFromInstanceToInstanceIsKeptApart() {
    Map<String, String> item = Map.of("Name", "a", "InstalledTime", "now");

    assertEquals(
        new Own.Parted(Map.of("Name", "a"), Map.of("InstalledTime", "now")),
        Own.part("AWS:Application", item));
    assertEquals(new Own.Parted(item, Map.of()), Own.part("Custom:Rack", item));
    assertEquals(item, Own.join(Map.of("Name", "a"), Map.of("InstalledTime", "now")));
  }

  private static String text(RandomGenerator random) {
    return TEXTS.get(random.nextInt(TEXTS.size()));
  }

  private static List<Entry> entries(RandomGenerator random, int count) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Map<String, String> own =
          switch (random.nextInt(4)) {
            case 0 -> Map.of();
            case 1 -> Map.of("InstalledTime", "2026-01-02T03:04:0" + random.nextInt(3) + "Z");
            case 2 -> Map.of("InstalledTime", text(random));
            default -> Map.of("InstalledTime", "now", "LastAccessTime", text(random));
          };
      entries.add(Entry.of(random.nextInt(10) * (random.nextInt(50) == 0 ? 40_000 : 1), own));
    }
    entries.sort(Entries.ORDER);
    return entries;
  }
}

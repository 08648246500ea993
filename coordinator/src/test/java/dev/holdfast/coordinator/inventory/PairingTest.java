package dev.holdfast.coordinator.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.coordinator.inventory.Entries.Entry;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PairingTest {
  @Test
  void aPackageOfAnotherVersionChanged() {
    assertEquals(
        List.of("a1>a2", "+c", "b-"),
        told(
            "AWS:Application",
            List.of(item("a", "1"), item("b", "1")),
            List.of(item("a", "2"), item("c", "1")),
            false));
  }

  @Test
  void anotherArchitectureIsAnotherPackage() {
    assertEquals(
        List.of("+a", "a-"),
        told(
            "AWS:Application",
            List.of(Map.of("Name", "a", "Architecture", "x86_64")),
            List.of(Map.of("Name", "a", "Architecture", "aarch64")),
            false));
  }

  @Test
  void severalOfOneIdentityArePairedInTheirOrder() {
    assertEquals(
        List.of("a1>a3", "a2-"),
        told(
            "AWS:Application",
            List.of(item("a", "1"), item("a", "2")),
            List.of(item("a", "3")),
            false));
  }

  @Test
  void withoutAnIdentityOnlyTheOnlyOneIsTheSame() {
    Map<String, String> before = Map.of("CPUs", "2");
    Map<String, String> after = Map.of("CPUs", "4");

    assertEquals(
        List.of("2>4"),
        told("AWS:InstanceDetailedInformation", List.of(before), List.of(after), true));
    assertEquals(
        List.of("2-", "+4"),
        told("AWS:InstanceDetailedInformation", List.of(before), List.of(after), false));
  }

  @Test
  void otherTypesHaveTheirOwnIdentities() {
    assertEquals(
        List.of("k1>k2"),
        told(
            "AWS:WindowsRegistry",
            List.of(Map.of("KeyPath", "k", "ValueName", "v", "Version", "1")),
            List.of(Map.of("KeyPath", "k", "ValueName", "v", "Version", "2")),
            false));
    assertEquals(
        List.of("91>92"),
        told(
            "Custom:Rack",
            List.of(Map.of("Id", "9", "Version", "1")),
            List.of(Map.of("Id", "9", "Version", "2")),
            false));
    assertEquals(
        List.of("+k", "k-"),
        told(
            "AWS:WindowsRegistry",
            List.of(Map.of("KeyPath", "k", "ValueName", "v")),
            List.of(Map.of("KeyPath", "k", "ValueName", "w")),
            false));
  }

  private static Map<String, String> item(String name, String version) {
    return Map.of("Name", name, "Version", version);
  }

  private static List<String> told(
      String type,
      List<Map<String, String>> removed,
      List<Map<String, String>> added,
      boolean one) {
    return Pairing.of(type, pieces(removed, 0), pieces(added, 100), one).stream()
        .map(
            pair ->
                pair.before().isEmpty()
                    ? "+" + name(pair.after().orElseThrow())
                    : pair.after().isEmpty()
                        ? withVersion(pair.before().get()) + "-"
                        : withVersion(pair.before().get()) + ">" + withVersion(pair.after().get()))
        .map(text -> text.equals("b1-") ? "b-" : text)
        .toList();
  }

  private static List<Pairing.Piece> pieces(List<Map<String, String>> items, int from) {
    return items.stream()
        .map(
            item ->
                new Pairing.Piece(
                    new Entry(from + items.indexOf(item), Entry.NONE, Map.of()),
                    Attributes.of(item)))
        .toList();
  }

  private static String name(Pairing.Piece piece) {
    Map<String, String> item = piece.shared().map();
    for (String key : List.of("Name", "KeyPath", "Id", "CPUs")) {
      if (item.containsKey(key)) {
        return item.getOrDefault(key, "");
      }
    }
    return "?";
  }

  private static String withVersion(Pairing.Piece piece) {
    return name(piece) + piece.shared().map().getOrDefault("Version", "");
  }
}

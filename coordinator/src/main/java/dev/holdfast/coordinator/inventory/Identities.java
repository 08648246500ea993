package dev.holdfast.coordinator.inventory;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What makes an item the same one as before though it changed. */
final class Identities {
  private static final Map<String, List<String>> OF_TYPES =
      Map.of(
          "AWS:Application", List.of("Name", "Architecture"),
          "Host:PendingUpdate", List.of("Name", "Architecture"),
          "AWS:File", List.of("InstalledDir", "Name"),
          "AWS:WindowsRegistry", List.of("KeyPath", "ValueName"),
          "Host:Port", List.of("Protocol", "Address", "Port"));

  /** The first of these of which an item has all. */
  private static final List<List<String>> OF_OTHERS =
      List.of(
          List.of("Name"),
          List.of("KeyPath", "ValueName"),
          List.of("Id"),
          List.of("Path"),
          List.of("HotFixId"),
          List.of("InstanceId"),
          List.of("Device"),
          List.of("MountPoint"));

  private Identities() {}

  /** The identity of an item; empty if nothing in it says which one it is. */
  static Optional<List<String>> of(String type, Attributes item) {
    List<String> names = OF_TYPES.get(type);
    if (names != null) {
      List<String> values = new ArrayList<>();
      boolean any = false;
      for (String name : names) {
        String value = item.value(name);
        any |= value != null;
        values.add(value == null ? "" : value);
      }
      return any ? Optional.of(values) : Optional.empty();
    }
    for (List<String> candidate : OF_OTHERS) {
      List<String> values = new ArrayList<>();
      for (String name : candidate) {
        String value = item.value(name);
        if (value != null) {
          values.add(value);
        }
      }
      if (values.size() == candidate.size()) {
        values.add(0, candidate.getFirst());
        return Optional.of(values);
      }
    }
    return Optional.empty();
  }
}

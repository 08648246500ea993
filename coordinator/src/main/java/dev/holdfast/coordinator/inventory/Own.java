package dev.holdfast.coordinator.inventory;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What of an item is the instance's own: when a package was installed, when a file was read. Were
 * it part of the item, hardly two instances would have one in common.
 */
final class Own {
  private static final Set<String> OF_ALL = Set.of("InstalledTime");
  private static final Set<String> OF_FILES =
      Set.of("InstalledTime", "LastAccessTime", "ModificationTime");

  private Own() {}

  /**
   * An item in two.
   *
   * @param shared what others have as well
   * @param own the rest
   */
  record Parted(Map<String, String> shared, Map<String, String> own) {}

  /** The names of the attributes that are kept apart, in items of a type. */
  static Set<String> names(String type) {
    if (type.startsWith("Custom:")) {
      return Set.of();
    }
    return type.equals("AWS:File") ? OF_FILES : OF_ALL;
  }

  static Parted part(String type, Map<String, String> item) {
    Set<String> names = names(type);
    boolean any = false;
    for (String name : names) {
      any |= item.containsKey(name);
    }
    if (!any) {
      return new Parted(item, Map.of());
    }
    Map<String, String> shared = new TreeMap<>(item);
    Map<String, String> own = new TreeMap<>();
    for (String name : names) {
      String value = shared.remove(name);
      if (value != null) {
        own.put(name, value);
      }
    }
    return new Parted(shared, own);
  }

  /** An item whole again. */
  static Map<String, String> join(Map<String, String> shared, Map<String, String> own) {
    if (own.isEmpty()) {
      return shared;
    }
    Map<String, String> whole = new TreeMap<>(shared);
    whole.putAll(own);
    return whole;
  }
}

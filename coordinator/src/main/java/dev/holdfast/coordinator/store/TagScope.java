package dev.holdfast.coordinator.store;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Instances by their tags: those that have all of the keys, each with one of its values. A key
 * without values fits nobody, and so do no keys at all: what is meant for all instances is {@link
 * Sight#all()}.
 */
public record TagScope(SortedMap<String, SortedSet<String>> tags) {
  /** Copies. */
  public TagScope {
    TreeMap<String, SortedSet<String>> copy = new TreeMap<>();
    tags.forEach((key, values) -> copy.put(key, new TreeSet<>(values)));
    tags = copy;
  }

  /** Of tags with their values. */
  public static TagScope of(Map<String, ? extends Set<String>> tags) {
    TreeMap<String, SortedSet<String>> sorted = new TreeMap<>();
    tags.forEach((key, values) -> sorted.put(key, new TreeSet<>(values)));
    return new TagScope(sorted);
  }

  /** From what is stored; not empty text. */
  public static TagScope parse(String text) {
    TreeMap<String, SortedSet<String>> tags = new TreeMap<>();
    Json.lists(text).forEach((key, values) -> tags.put(key, new TreeSet<>(values)));
    return new TagScope(tags);
  }

  /** As it is stored; equal scopes are equal texts. */
  public String text() {
    TreeMap<String, List<String>> lists = new TreeMap<>();
    tags.forEach((key, values) -> lists.put(key, List.copyOf(values)));
    return Json.writeLists(lists);
  }

  /** Whether an instance with these tags is one of them. */
  public boolean fits(Map<String, String> of) {
    return !tags.isEmpty()
        && tags.entrySet().stream()
            .allMatch(
                tag -> {
                  String value = of.get(tag.getKey());
                  return value != null && tag.getValue().contains(value);
                });
  }

  /** Whether whoever fits the other fits this. */
  public boolean covers(TagScope other) {
    return !tags.isEmpty()
        && tags.entrySet().stream()
            .allMatch(
                tag -> {
                  SortedSet<String> narrower = other.tags.get(tag.getKey());
                  return narrower != null
                      && !narrower.isEmpty()
                      && tag.getValue().containsAll(narrower);
                });
  }

  /** As people read it: {@code Team=shop|till, Site=north}. */
  @Override
  public String toString() {
    return tags.entrySet().stream()
        .map(tag -> tag.getKey() + "=" + String.join("|", tag.getValue()))
        .collect(Collectors.joining(", "));
  }
}

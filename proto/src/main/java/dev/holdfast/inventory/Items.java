package dev.holdfast.inventory;

import dev.holdfast.task.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The items of an inventory type: maps from attribute to value, in no order, the same one perhaps
 * several times. Pure.
 *
 * <p>The hash of a content is the sum of the hashes of its items ({@link ContentSum}): whoever has
 * the hash before and the items that went and came knows the one after, without all the others. It
 * shows mistakes and loss; it is no seal against whoever chooses the items, and need not be: an
 * instance speaks of itself alone.
 */
public final class Items {
  private Items() {}

  /**
   * From one content to another.
   *
   * @param removed as often as the first has them more often
   * @param added as often as the second has them more often
   */
  public record Difference(List<Map<String, String>> removed, List<Map<String, String>> added) {
    /** Copies. */
    public Difference {
      removed = List.copyOf(removed);
      added = List.copyOf(added);
    }

    /** Whether both are the same. */
    public boolean isEmpty() {
      return removed.isEmpty() && added.isEmpty();
    }
  }

  /** The hash of one item: SHA-256 over its attributes by name, each text after its length. */
  public static Sha256 hash(Map<String, String> item) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      for (Map.Entry<String, String> attribute : new TreeMap<>(item).entrySet()) {
        for (String text : List.of(attribute.getKey(), attribute.getValue())) {
          byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
          out.writeInt(utf8.length);
          out.write(utf8);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return Sha256.of(bytes.toByteArray());
  }

  /** The hash of a content, in lower-case hex; 64 zeros if it is empty. */
  public static String hash(Collection<Map<String, String>> items) {
    ContentSum sum = new ContentSum();
    items.forEach(item -> sum.add(hash(item).raw()));
    return sum.hex();
  }

  /**
   * The hash of a content after a difference.
   *
   * @param base the hash of the content before: 64 hex digits
   * @param removed hashes of the items that went
   * @param added hashes of the items that came
   */
  public static String hash(String base, Collection<Sha256> removed, Collection<Sha256> added) {
    ContentSum sum = ContentSum.at(base);
    added.forEach(each -> sum.add(each.raw()));
    removed.forEach(each -> sum.remove(each.raw()));
    return sum.hex();
  }

  /** What went and what came. */
  public static Difference between(
      Collection<Map<String, String>> before, Collection<Map<String, String>> after) {
    Map<Map<String, String>, Integer> surplus = new HashMap<>();
    before.forEach(item -> surplus.merge(item, 1, Integer::sum));
    List<Map<String, String>> added = new ArrayList<>();
    for (Map<String, String> item : after) {
      if (!takeOne(surplus, item)) {
        added.add(item);
      }
    }
    List<Map<String, String>> removed = new ArrayList<>();
    for (Map<String, String> item : before) {
      if (takeOne(surplus, item)) {
        removed.add(item);
      }
    }
    return new Difference(removed, added);
  }

  /** A content after a difference; empty if it lacks an item that is to be removed. */
  public static Optional<List<Map<String, String>>> after(
      Collection<Map<String, String>> before, Difference difference) {
    Map<Map<String, String>, Integer> removed = new HashMap<>();
    difference.removed.forEach(item -> removed.merge(item, 1, Integer::sum));
    List<Map<String, String>> after = new ArrayList<>();
    for (Map<String, String> item : before) {
      if (!takeOne(removed, item)) {
        after.add(item);
      }
    }
    if (!removed.isEmpty()) {
      return Optional.empty();
    }
    after.addAll(difference.added);
    return Optional.of(List.copyOf(after));
  }

  private static boolean takeOne(
      Map<Map<String, String>, Integer> counts, Map<String, String> item) {
    Integer count = counts.get(item);
    if (count == null) {
      return false;
    }
    if (count == 1) {
      counts.remove(item);
    } else {
      counts.put(item, count - 1);
    }
    return true;
  }
}

package dev.holdfast.coordinator.compliance;

import dev.holdfast.association.InstanceId;
import dev.holdfast.compliance.Severity;
import dev.holdfast.compliance.Status;
import dev.holdfast.coordinator.store.Compliance.Item;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Counts of items, or of instances by the sum of their items. Pure.
 *
 * @param compliant how many, by severity
 * @param nonCompliant how many, by severity
 * @param unknown how many
 */
public record Rollup(
    Map<Severity, Integer> compliant, Map<Severity, Integer> nonCompliant, int unknown) {
  /** Nothing counted. */
  public static final Rollup NONE = new Rollup(Map.of(), Map.of(), 0);

  /** Copies. */
  public Rollup {
    compliant = Map.copyOf(compliant);
    nonCompliant = Map.copyOf(nonCompliant);
  }

  /**
   * What several items come to.
   *
   * @param severity the worst of those that give it its status; those that are unknown carry none
   */
  public record Standing(Status status, Severity severity) {}

  /** One. */
  public static Rollup of(Status status, Severity severity) {
    return switch (status) {
      case COMPLIANT -> new Rollup(Map.of(severity, 1), Map.of(), 0);
      case NON_COMPLIANT -> new Rollup(Map.of(), Map.of(severity, 1), 0);
      case UNKNOWN -> new Rollup(Map.of(), Map.of(), 1);
    };
  }

  /** What some items come to. */
  static Rollup of(Collection<Item> items) {
    return items.stream()
        .map(item -> of(item.status(), item.severity()))
        .reduce(NONE, Rollup::plus);
  }

  /** So many of the same. */
  public Rollup times(int count) {
    return new Rollup(times(compliant, count), times(nonCompliant, count), unknown * count);
  }

  private static Map<Severity, Integer> times(Map<Severity, Integer> counts, int count) {
    Map<Severity, Integer> more = new EnumMap<>(Severity.class);
    counts.forEach((severity, one) -> more.put(severity, one * count));
    return more;
  }

  /** Both together. */
  public Rollup plus(Rollup other) {
    return new Rollup(
        sum(compliant, other.compliant),
        sum(nonCompliant, other.nonCompliant),
        unknown + other.unknown);
  }

  /** One that is not compliant makes the whole so; else one that is unknown. */
  public Standing standing() {
    if (!nonCompliant.isEmpty()) {
      return new Standing(Status.NON_COMPLIANT, Collections.min(nonCompliant.keySet()));
    }
    if (unknown > 0) {
      return new Standing(Status.UNKNOWN, Severity.UNSPECIFIED);
    }
    return new Standing(
        Status.COMPLIANT,
        compliant.isEmpty() ? Severity.UNSPECIFIED : Collections.min(compliant.keySet()));
  }

  /** How many, whatever their severity. */
  public static int sum(Map<Severity, Integer> counts) {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  private static Map<Severity, Integer> sum(
      Map<Severity, Integer> left, Map<Severity, Integer> right) {
    Map<Severity, Integer> sum = new EnumMap<>(Severity.class);
    sum.putAll(left);
    right.forEach((severity, count) -> sum.merge(severity, count, Integer::sum));
    return sum;
  }

  /**
   * Rolls items up to instances; those of one instance and type must come together. Whoever uses it
   * does so from one thread.
   */
  public static final class OfResources {
    private final BiConsumer<String, Standing> each;
    private Optional<Resource> now = Optional.empty();
    private Rollup counts = NONE;

    /**
     * @param each told the type and where an instance stands in it
     */
    public OfResources(BiConsumer<String, Standing> each) {
      this.each = each;
    }

    private record Resource(InstanceId instance, String type) {}

    /** Adds an item. */
    public void add(InstanceId instance, String type, Status status, Severity severity) {
      Resource resource = new Resource(instance, type);
      if (!now.equals(Optional.of(resource))) {
        end();
        now = Optional.of(resource);
      }
      counts = counts.plus(of(status, severity));
    }

    /** There are no more. */
    public void end() {
      now.ifPresent(resource -> each.accept(resource.type, counts.standing()));
      now = Optional.empty();
      counts = NONE;
    }
  }
}

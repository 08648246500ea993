package dev.holdfast.coordinator.inventory;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.inventory.Clause.Operator;
import dev.holdfast.coordinator.store.InstanceFacts;
import dev.holdfast.coordinator.store.Read;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/** {@code AWS:InstanceInformation} of instances, by their own rows and not by what they told. */
record Hosts(List<InstanceFacts> facts) {
  /** What can be asked for. */
  static final Set<String> ATTRIBUTES =
      new TreeSet<>(
          Set.of(
              "AgentVersion",
              "ComputerName",
              "InstanceId",
              "InstanceStatus",
              "IpAddress",
              "PlatformName",
              "PlatformType",
              "PlatformVersion",
              "ResourceType"));

  /** Nobody: nothing of them is asked. */
  static final Hosts NONE = new Hosts(List.of());

  /** Reads those that clauses can hold for, at least. */
  static Hosts read(Read read, Collection<Clause> clauses) {
    Optional<Clause> ids =
        clauses.stream()
            .filter(c -> c.attribute().equals("InstanceId") && c.operator() == Operator.EQUAL)
            .findFirst();
    return new Hosts(
        ids.isPresent()
            ? InstanceFacts.of(
                read, ids.get().values().stream().filter(InstanceId::isValid).toList())
            : InstanceFacts.all(read));
  }

  /** Those for which clauses hold and that have inventory; a bitmap of the caller's own. */
  RoaringBitmap holding(Stock.View view, List<Clause> clauses) {
    RoaringBitmap bits = new RoaringBitmap();
    for (InstanceFacts one : facts) {
      if (clauses.stream().allMatch(clause -> clause.holds(value(one, clause.attribute())))) {
        view.number(one.id()).ifPresent(bits::add);
      }
    }
    return bits;
  }

  /** By the value of an attribute those who have it, among some. */
  Map<String, RoaringBitmap> by(Stock.View view, String attribute, RoaringBitmap among) {
    Map<String, RoaringBitmap> by = new TreeMap<>();
    for (InstanceFacts one : facts) {
      String value = value(one, attribute);
      if (value != null) {
        view.number(one.id())
            .filter(among::contains)
            .ifPresent(number -> by.computeIfAbsent(value, _ -> new RoaringBitmap()).add(number));
      }
    }
    return by;
  }

  private static @Nullable String value(InstanceFacts row, String attribute) {
    String value =
        switch (attribute) {
          case "InstanceId" -> row.id().value();
          case "AgentVersion" -> row.agentVersion();
          case "ComputerName" -> row.computerName();
          case "IpAddress" -> row.ipAddress();
          case "PlatformType" -> row.platformType();
          case "PlatformName" -> row.platformName();
          case "PlatformVersion" -> row.platformVersion();
          case "ResourceType" -> "ManagedInstance";
          case "InstanceStatus" -> status(row.presence());
          default -> "";
        };
    return value.isEmpty() ? null : value;
  }

  private static String status(String presence) {
    return presence.equals("CONNECTION_LOST") || presence.equals("INACTIVE")
        ? "ConnectionLost"
        : "Active";
  }

  /** The ids, for tests. */
  @Override
  public String toString() {
    return facts.stream().map(one -> one.id().value()).collect(Collectors.joining(","));
  }
}

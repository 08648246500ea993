package dev.holdfast.coordinator.compliance;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.compliance.PutItem;
import dev.holdfast.compliance.PutRules;
import dev.holdfast.compliance.PutRules.Mistake;
import dev.holdfast.coordinator.compliance.Puts.Decision;
import dev.holdfast.coordinator.store.Compliance;
import dev.holdfast.coordinator.store.Compliance.Item;
import dev.holdfast.coordinator.store.ComplianceLists;
import dev.holdfast.coordinator.store.CompliancePuts;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.inventory.Items;
import dev.holdfast.report.Report;
import dev.holdfast.task.Limits;
import dev.holdfast.task.RunLimits;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;

/** Writes the compliance items that come from no run: scans for updates, and what people put. */
public final class PutDesk {
  /** What items come from that a scan gives. */
  static final String SCAN = "Inventory";

  /** What items come from that somebody put on the host. */
  static final String HOST = "Host";

  private PutDesk() {}

  /**
   * A scan for updates that an instance lacks: it takes the place of the scan before. It is fresh
   * for as long as any verdict is at the most.
   *
   * @param updates as {@link PatchItems#of} takes them
   * @param at when it was, by the instance's clock
   */
  public static void patches(
      Write write, InstanceId instance, List<Map<String, String>> updates, Instant at) {
    Instant executed = at.truncatedTo(ChronoUnit.MILLIS);
    Instant fresh = write.now().plus(RunLimits.FRESH_AT_MOST);
    ComplianceDesk.telling(
        write,
        instance,
        Compliance.PATCH,
        () -> {
          replace(
              write,
              Compliance.of(write.read(), instance, Compliance.PATCH),
              items(write, instance, Compliance.PATCH, PatchItems.of(updates), executed, "", SCAN),
              (old, now) -> !now.says(old));
          // All of them at once: most scans find what the one before found.
          Compliance.confirm(write, instance, Compliance.PATCH, executed, fresh);
        });
  }

  /** What somebody put on the host; why not, if it can't be stored. */
  public static Optional<String> host(Write write, InstanceId instance, Report.Compliance put) {
    List<Mistake> mistakes = new ArrayList<>(PutRules.type("compliance_type", put.type()));
    mistakes.addAll(PutRules.items(put.items()));
    if (!mistakes.isEmpty()) {
      return Optional.of(mistakes.getFirst().kind().error() + ": " + mistakes.getFirst().text());
    }
    Instant time = put.time().isAfter(write.now()) ? write.now() : put.time();
    Puts.Request request =
        new Puts.Request(
            instance,
            put.type(),
            "",
            time.truncatedTo(ChronoUnit.MILLIS),
            "",
            HOST,
            Items.hash(put.items().stream().map(PutDesk::attributes).toList()),
            true,
            put.items());
    Optional<String> full = full(write.read(), request);
    if (full.isEmpty()) {
      put(write, request);
    }
    return full;
  }

  /** Why a type can't be one more of an instance; empty if it can, or is there. */
  static Optional<String> full(Read read, Puts.Request request) {
    return request.items().isEmpty()
            || !request.type().startsWith(PutRules.CUSTOM)
            || ComplianceLists.resource(read, request.instance(), request.type()).isPresent()
            || CompliancePuts.customTypes(read, request.instance())
                < Limits.MAX_CUSTOM_COMPLIANCE_TYPES
        ? Optional.empty()
        : Optional.of(
            "ComplianceTypeCountLimitExceeded: the instance has items of "
                + Limits.MAX_CUSTOM_COMPLIANCE_TYPES
                + " types of its own; no more are allowed, so clear one first");
  }

  /** Carries a request out, which is right in all it says. */
  static Decision put(Write write, Puts.Request request) {
    Optional<CompliancePuts.Put> before =
        CompliancePuts.find(write.read(), request.instance(), request.type(), request.scope());
    Decision decision = Puts.decide(before, request);
    switch (decision) {
      case REPLACE -> {
        write(write, request);
        remember(write, request, request.items().size());
      }
      case UNCHANGED -> remember(write, request, before.orElseThrow().items());
      case STALE, ITEMS_MISSING -> {
        // What is there stays.
      }
    }
    return decision;
  }

  private static void remember(Write write, Puts.Request request, int items) {
    CompliancePuts.put(
        write,
        new CompliancePuts.Put(
            request.instance(),
            request.type(),
            request.scope(),
            request.executionTime(),
            request.contentHash(),
            request.ofHost(),
            items));
  }

  private static void write(Write write, Puts.Request request) {
    List<Item> after =
        items(
            write,
            request.instance(),
            request.type(),
            request.items(),
            request.executionTime(),
            request.executionId(),
            request.executionType());
    if (request.scope().isEmpty()) {
      ComplianceDesk.telling(
          write,
          request.instance(),
          request.type(),
          () ->
              replace(
                  write,
                  Compliance.of(write.read(), request.instance(), request.type()),
                  after,
                  (_, _) -> true));
    } else {
      ofAssociation(write, request, after);
    }
  }

  /** The event tells of the association, as it does of one whose runs decide. */
  private static void ofAssociation(Write write, Puts.Request request, List<Item> after) {
    List<Item> before =
        Compliance.of(
            write.read(), request.instance(), request.type(), new AssociationId(request.scope()));
    replace(write, before, after, (_, _) -> true);
    String was = before.isEmpty() ? "" : Rollup.of(before).standing().status().name();
    Rollup.Standing is = Rollup.of(after).standing();
    if (!was.equals(is.status().name())) {
      ComplianceDesk.tell(
          write,
          List.of(request.instance().value(), request.scope()),
          request.type(),
          was,
          is.status().name(),
          is.severity().name());
    }
  }

  /**
   * Writes items in place of others; what keeps its status has it since it had it.
   *
   * @param differs whether an item is to be written in place of one with the same id
   */
  private static void replace(
      Write write, List<Item> before, List<Item> after, BiPredicate<Item, Item> differs) {
    Map<String, Item> known = new HashMap<>();
    before.forEach(item -> known.put(item.id(), item));
    List<Item> changed = new ArrayList<>();
    Set<String> kept = new HashSet<>();
    for (Item item : after) {
      kept.add(item.id());
      Item old = known.get(item.id());
      if (old == null || differs.test(old, item)) {
        changed.add(old != null && old.status() == item.status() ? item.since(old.since()) : item);
      }
    }
    Compliance.put(write, changed);
    List<String> gone = known.keySet().stream().filter(id -> !kept.contains(id)).sorted().toList();
    before.stream()
        .findFirst()
        .ifPresent(any -> Compliance.remove(write, any.instance(), any.type(), gone));
  }

  private static List<Item> items(
      Write write,
      InstanceId instance,
      String type,
      List<PutItem> items,
      Instant executed,
      String executionId,
      String executionType) {
    return items.stream()
        .map(
            item ->
                new Item(
                    instance,
                    type,
                    item.id(),
                    item.title(),
                    item.status(),
                    item.severity(),
                    executed,
                    executionId,
                    executionType,
                    item.details(),
                    List.of(),
                    write.now(),
                    Optional.empty(),
                    0,
                    0,
                    write.now()))
        .toList();
  }

  private static Map<String, String> attributes(PutItem item) {
    Map<String, String> attributes = new HashMap<>();
    attributes.put("Id", item.id());
    attributes.put("Title", item.title());
    attributes.put("Severity", item.severity().name());
    attributes.put("Status", item.status().name());
    item.details().forEach((name, value) -> attributes.put("Details." + name, value));
    return attributes;
  }
}

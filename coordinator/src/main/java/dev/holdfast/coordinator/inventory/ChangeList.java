package dev.holdfast.coordinator.inventory;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.Findings;
import dev.holdfast.coordinator.admin.Pages;
import dev.holdfast.coordinator.admin.Refusal;
import dev.holdfast.coordinator.store.InventoryChanges;
import dev.holdfast.coordinator.store.InventoryChanges.Change;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.GetInventoryChangesRequest;
import dev.holdfast.wire.v1.GetInventoryChangesResponse;
import dev.holdfast.wire.v1.InventoryChange;
import dev.holdfast.wire.v1.InventoryChangeKind;
import dev.holdfast.wire.v1.InventoryEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Answers {@code GetInventoryChanges}: what appeared, changed and went, the oldest first. */
final class ChangeList {
  /** No change is at this moment or later. */
  private static final Instant NEVER = Instant.ofEpochMilli(Long.MAX_VALUE);

  private ChangeList() {}

  static GetInventoryChangesResponse page(Read read, GetInventoryChangesRequest request) {
    Findings findings = new Findings();
    if (!request.getTypeName().isEmpty()) {
      GrpcInventory.type(findings, "type_name", request.getTypeName());
      findings.refuse("InvalidTypeName");
    }
    // An instance that is deregistered has changes until they are swept, so it may be asked for.
    if (!request.getInstanceId().isEmpty() && !InstanceId.isValid(request.getInstanceId())) {
      throw new Refusal(
          "InvalidInstanceId",
          "'"
              + Findings.printable(request.getInstanceId())
              + "' is no instance id (mi- and 17 hex digits)");
    }
    Instant from = request.hasStartTime() ? Times.fromProto(request.getStartTime()) : Instant.EPOCH;
    Instant until = request.hasEndTime() ? Times.fromProto(request.getEndTime()) : NEVER;
    if (!from.isBefore(until)) {
      findings.add("end_time", "has to be after start_time");
      findings.refuse("ValidationError");
    }
    Forms forms = new Forms(read);
    Pages.Page<InventoryChange> page =
        Pages.of(
            request.getPageSize(),
            request.getPageToken(),
            (after, atMost) -> {
              List<Change> changes = source(read, request, from, until, after, atMost);
              forms.learn(items(changes));
              return changes;
            },
            change -> change.time().toEpochMilli() + "|" + change.id(),
            change ->
                wanted(change, request, from, until)
                    ? Optional.of(toProto(forms, change))
                    : Optional.empty());
    return GetInventoryChangesResponse.newBuilder()
        .addAllChanges(page.items())
        .setNextPageToken(page.next())
        .build();
  }

  private static List<Change> source(
      Read read,
      GetInventoryChangesRequest request,
      Instant from,
      Instant until,
      String after,
      int atMost) {
    InventoryChanges.Place place = place(after, from);
    return request.getInstanceId().isEmpty()
        ? InventoryChanges.list(read, place, until, atMost)
        : InventoryChanges.of(read, new InstanceId(request.getInstanceId()), place.id(), atMost);
  }

  private static boolean wanted(
      Change change, GetInventoryChangesRequest request, Instant from, Instant until) {
    return (request.getTypeName().isEmpty() || request.getTypeName().equals(change.type()))
        && !change.time().isBefore(from)
        && change.time().isBefore(until);
  }

  private static InventoryChanges.Place place(String after, Instant from) {
    if (after.isEmpty()) {
      return InventoryChanges.Place.before(from);
    }
    int bar = after.indexOf('|');
    try {
      return new InventoryChanges.Place(
          Instant.ofEpochMilli(Long.parseLong(after.substring(0, Math.max(0, bar)))),
          Long.parseLong(after.substring(bar + 1)));
    } catch (NumberFormatException e) {
      throw new Refusal("InvalidNextToken", "the page_token is none that was given out");
    }
  }

  private static List<Integer> items(List<Change> changes) {
    List<Integer> numbers = new ArrayList<>();
    for (Change change : changes) {
      change.before().ifPresent(had -> numbers.add(had.item()));
      change.after().ifPresent(had -> numbers.add(had.item()));
    }
    return numbers;
  }

  private static InventoryChange toProto(Forms forms, Change change) {
    InventoryChange.Builder message =
        InventoryChange.newBuilder()
            .setInstanceId(change.instance().value())
            .setTypeName(change.type())
            .setTime(Times.toProto(change.time()))
            .setKind(
                change.before().isEmpty()
                    ? InventoryChangeKind.INVENTORY_CHANGE_KIND_ADDED
                    : change.after().isEmpty()
                        ? InventoryChangeKind.INVENTORY_CHANGE_KIND_REMOVED
                        : InventoryChangeKind.INVENTORY_CHANGE_KIND_CHANGED);
    change.before().ifPresent(had -> message.setBefore(toProto(forms, had)));
    change.after().ifPresent(had -> message.setAfter(toProto(forms, had)));
    return message.build();
  }

  private static InventoryEntry toProto(Forms forms, InventoryChanges.Had had) {
    return Forms.toProto(
        Own.join(Attributes.of(forms.item(had.item())).map(), Attributes.of(had.own()).map()));
  }
}

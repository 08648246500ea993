package dev.holdfast.coordinator.association;

import dev.holdfast.association.AssociationId;
import dev.holdfast.coordinator.admin.Calls;
import dev.holdfast.coordinator.admin.Refusal;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.CreateAssociationBatchRequest;
import dev.holdfast.wire.v1.CreateAssociationBatchResponse;
import dev.holdfast.wire.v1.CreateAssociationResponse;
import dev.holdfast.wire.v1.FailedCreateAssociation;
import dev.holdfast.wire.v1.Fault;
import dev.holdfast.wire.v1.Warning;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Creates associations: one, or several of which some may be refused. */
final class Creates {
  private static final String FIELD = "association.";

  private final Calls calls;
  private final AssociationDesk desk;

  Creates(Calls calls, AssociationDesk desk) {
    this.calls = calls;
    this.desk = desk;
  }

  /**
   * Creates one, or refuses it.
   *
   * @param guard of the request that it is a part of
   */
  CreateAssociationResponse create(
      Write write, AssociationId id, Association written, Guard guard) {
    Association content = AssociationScope.within(write.sight(), AssociationForm.normal(written));
    List<Warning> warnings =
        AssociationCheck.check(write.read(), id, Optional.empty(), content, write.now());
    roomForOne(write.read());
    Associations.Association row = desk.create(write, id, content, guard);
    return CreateAssociationResponse.newBuilder()
        .setAssociationDescription(Descriptions.describe(write.read(), row))
        .addAllWarnings(warnings)
        .build();
  }

  /** Refuses one more association if there are as many as there can be. */
  static void roomForOne(Read read) {
    if (Associations.count(read) >= Limits.MAX_ASSOCIATIONS) {
      throw new Refusal(
          "AssociationLimitExceeded",
          "there are " + Limits.MAX_ASSOCIATIONS + " associations; no more are allowed");
    }
  }

  /**
   * Creates those that can be, each whole or not at all, in their order (spec.md 3.1). How many
   * instances may run at once goes for all of them together: an entry that would take the request
   * beyond it is refused, and does not count for those behind it.
   */
  Calls.Done<CreateAssociationBatchResponse> batch(
      Write write, CreateAssociationBatchRequest request) {
    int count = request.getEntriesCount();
    if (count == 0 || count > Limits.MAX_BATCH_ASSOCIATIONS) {
      String text =
          "has " + count + " items; 1 to " + Limits.MAX_BATCH_ASSOCIATIONS + " are allowed";
      throw new Refusal(
          "ValidationError", "entries: " + text, List.of(new Refusal.Finding("entries", text)));
    }
    Guard guard = desk.guard(request.getAcknowledgeTargets());
    CreateAssociationBatchResponse.Builder response = CreateAssociationBatchResponse.newBuilder();
    List<String> created = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Association entry = request.getEntries(i);
      AssociationId id = new AssociationId(calls.newId());
      Runnable forget = guard.mark();
      try {
        CreateAssociationResponse one = write.attempt(() -> create(write, id, entry, guard));
        response.addSuccessful(one.getAssociationDescription());
        for (Warning warning : one.getWarningsList()) {
          response.addWarnings(warning.toBuilder().setField(field(i, warning.getField())));
        }
        created.add(id.value());
      } catch (Refusal refusal) {
        forget.run();
        response.addFailed(failed(i, entry, refusal));
      }
    }
    return new Calls.Done<>(response.build(), created);
  }

  private static FailedCreateAssociation failed(int index, Association entry, Refusal refusal) {
    String findings =
        refusal.findings().stream()
            .map(finding -> field(index, finding.field()) + ": " + finding.description())
            .collect(Collectors.joining("; "));
    return FailedCreateAssociation.newBuilder()
        .setIndex(index)
        .setEntry(entry)
        .setReason(refusal.reason())
        .setMessage(refusal.findings().isEmpty() ? String.valueOf(refusal.getMessage()) : findings)
        .setFault(Fault.FAULT_CLIENT)
        .build();
  }

  private static String field(int index, String field) {
    return field.startsWith(FIELD)
        ? "entries[" + index + "]." + field.substring(FIELD.length())
        : field;
  }
}

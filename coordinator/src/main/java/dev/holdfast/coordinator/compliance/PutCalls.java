package dev.holdfast.coordinator.compliance;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.compliance.PutItem;
import dev.holdfast.compliance.PutRules;
import dev.holdfast.compliance.PutRules.Mistake;
import dev.holdfast.compliance.Severity;
import dev.holdfast.compliance.Status;
import dev.holdfast.coordinator.admin.Calls;
import dev.holdfast.coordinator.admin.Findings;
import dev.holdfast.coordinator.admin.Refusal;
import dev.holdfast.coordinator.compliance.Puts.Decision;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Compliance;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Memberships;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.ComplianceCodec;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.ComplianceItemEntry;
import dev.holdfast.wire.v1.ComplianceSeverity;
import dev.holdfast.wire.v1.ComplianceStatus;
import dev.holdfast.wire.v1.ComplianceUploadType;
import dev.holdfast.wire.v1.PutComplianceItemsRequest;
import dev.holdfast.wire.v1.PutComplianceItemsResponse;
import dev.holdfast.wire.v1.Warning;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Carries out {@code PutComplianceItems}: checked whole, every mistake at once. */
final class PutCalls {
  private PutCalls() {}

  static Calls.Done<PutComplianceItemsResponse> put(
      Write write, PutComplianceItemsRequest request) {
    InstanceId instance = instance(write.read(), request);
    List<PutItem> items = new ArrayList<>();
    List<Mistake> mistakes = new ArrayList<>(form(request, write.now()));
    for (int i = 0; i < request.getItemsCount(); i++) {
      item("items[" + i + "]", request.getItems(i), items, mistakes);
    }
    mistakes.addAll(PutRules.items(items));
    boolean partial =
        request.getUploadType() == ComplianceUploadType.COMPLIANCE_UPLOAD_TYPE_PARTIAL;
    String scope = "";
    if (partial || request.getComplianceType().equals(Compliance.ASSOCIATION)) {
      scope = scope(write.read(), instance, request, partial, mistakes);
    } else {
      mistakes.addAll(PutRules.type("compliance_type", request.getComplianceType()));
    }
    refuse(mistakes);
    Puts.Request put =
        new Puts.Request(
            instance,
            request.getComplianceType(),
            scope,
            Times.fromProto(request.getExecutionSummary().getExecutionTime())
                .truncatedTo(ChronoUnit.MILLIS),
            request.getExecutionSummary().getExecutionId(),
            request.getExecutionSummary().getExecutionType(),
            request.getItemContentHash(),
            false,
            items);
    PutDesk.full(write.read(), put)
        .ifPresent(
            reason -> {
              throw new Refusal("ComplianceTypeCountLimitExceeded", reason);
            });
    return new Calls.Done<>(answer(PutDesk.put(write, put)), List.of(instance.value()));
  }

  private static PutComplianceItemsResponse answer(Decision decision) {
    return switch (decision) {
      case REPLACE -> PutComplianceItemsResponse.newBuilder().setChanged(true).build();
      case UNCHANGED ->
          unchanged(
              "ContentUnchanged",
              "the items with this hash are what is stored; nothing changed",
              "item_content_hash");
      case STALE ->
          unchanged(
              "StaleExecutionTime",
              "what is stored is of a later time; nothing changed",
              "execution_summary.execution_time");
      case ITEMS_MISSING ->
          throw new Refusal(
              "InvalidItemContent",
              "item_content_hash: is not that of what is stored, and there are no items; send the"
                  + " items, or to clear the type no hash",
              List.of(
                  new Refusal.Finding(
                      "item_content_hash",
                      "is not that of what is stored, and there are no items")));
    };
  }

  private static PutComplianceItemsResponse unchanged(String code, String message, String field) {
    return PutComplianceItemsResponse.newBuilder()
        .addWarnings(Warning.newBuilder().setCode(code).setMessage(message).setField(field))
        .build();
  }

  private static InstanceId instance(Read read, PutComplianceItemsRequest request) {
    if (!request.getResourceType().isEmpty()
        && !request.getResourceType().equals(ComplianceForm.INSTANCE)) {
      throw refusal(
          "InvalidResourceType",
          "resource_type",
          "'"
              + Findings.printable(request.getResourceType())
              + "'; allowed is "
              + ComplianceForm.INSTANCE);
    }
    String id = request.getResourceId();
    if (!InstanceId.isValid(id)) {
      throw refusal(
          "InvalidResourceId",
          "resource_id",
          "'" + Findings.printable(id) + "'; an instance id is mi- and 17 hex digits");
    }
    return Instances.active(read, new InstanceId(id))
        .map(Instances.Instance::id)
        .orElseThrow(
            () -> refusal("InvalidResourceId", "resource_id", "there is no instance " + id));
  }

  private static List<Mistake> form(PutComplianceItemsRequest request, Instant now) {
    List<Mistake> mistakes = new ArrayList<>();
    Findings texts = new Findings();
    var summary = request.getExecutionSummary();
    if (!summary.hasExecutionTime()) {
      mistakes.add(mistake("execution_summary.execution_time", "is missing"));
    } else if (Times.fromProto(summary.getExecutionTime())
        .isAfter(now.plus(Limits.COMPLIANCE_AHEAD))) {
      mistakes.add(
          mistake(
              "execution_summary.execution_time",
              "is more than "
                  + Limits.COMPLIANCE_AHEAD.toMinutes()
                  + " minutes ahead; what is put later would seem older"));
    }
    texts.text(
        "execution_summary.execution_id",
        summary.getExecutionId(),
        Limits.MAX_COMPLIANCE_EXECUTION_ID_CHARS);
    texts.text(
        "execution_summary.execution_type",
        summary.getExecutionType(),
        Limits.MAX_COMPLIANCE_EXECUTION_TYPE_CHARS);
    texts.text("item_content_hash", request.getItemContentHash(), Limits.MAX_COMPLIANCE_HASH_CHARS);
    texts.all().forEach(one -> mistakes.add(mistake(one.field(), one.description())));
    if (request.getUploadType() == ComplianceUploadType.UNRECOGNIZED) {
      mistakes.add(mistake("upload_type", "is not known"));
    }
    return mistakes;
  }

  private static void item(
      String path, ComplianceItemEntry entry, List<PutItem> items, List<Mistake> mistakes) {
    boolean known = true;
    if (entry.getStatus() == ComplianceStatus.COMPLIANCE_STATUS_UNSPECIFIED
        || entry.getStatus() == ComplianceStatus.UNRECOGNIZED) {
      mistakes.add(mistake(path + ".status", "is missing, or not known"));
      known = false;
    }
    if (entry.getSeverity() == ComplianceSeverity.UNRECOGNIZED) {
      mistakes.add(mistake(path + ".severity", "is not known"));
      known = false;
    }
    items.add(
        new PutItem(
            entry.getId(),
            entry.getTitle(),
            known ? ComplianceCodec.fromProto(entry.getSeverity()) : Severity.UNSPECIFIED,
            known ? ComplianceCodec.fromProto(entry.getStatus()) : Status.UNKNOWN,
            entry.getDetailsMap()));
  }

  /** The association that all items are of; empty with a mistake added. */
  private static String scope(
      Read read,
      InstanceId instance,
      PutComplianceItemsRequest request,
      boolean partial,
      List<Mistake> mistakes) {
    if (!request.getComplianceType().equals(Compliance.ASSOCIATION)) {
      mistakes.add(
          mistake("upload_type", "PARTIAL is for the compliance_type Association; use COMPLETE"));
      return "";
    }
    if (!partial) {
      mistakes.add(
          mistake(
              "upload_type",
              "COMPLETE would take the place of what the runs of other associations say; use"
                  + " PARTIAL, for one association"));
      return "";
    }
    Set<String> ids = new HashSet<>();
    request.getItemsList().forEach(item -> ids.add(item.getId().split("/", 2)[0]));
    if (ids.size() != 1) {
      mistakes.add(
          mistake(
              "items",
              "are of "
                  + ids.size()
                  + " associations; the id of each is that of one association, or that, a slash and"
                  + " a word"));
      return "";
    }
    String id = ids.iterator().next();
    Optional<Associations.Association> row =
        AssociationId.isValid(id)
            ? Associations.find(read, new AssociationId(id)).filter(a -> a.deleted().isEmpty())
            : Optional.empty();
    if (row.isEmpty()) {
      throw new Refusal(
          "AssociationDoesNotExist", "there is no association " + Findings.printable(id));
    }
    if (ComplianceDesk.terms(read, row.get()).automatic()) {
      mistakes.add(
          mistake(
              "items",
              "the runs of the association decide; set its sync_compliance to MANUAL first"));
    } else if (Memberships.between(read, instance, row.get().id()).stream()
        .noneMatch(membership -> membership.leftPosition().isEmpty())) {
      mistakes.add(mistake("items", "the association does not apply to the instance"));
    }
    return id;
  }

  private static Mistake mistake(String field, String message) {
    return new Mistake(PutRules.Kind.CONTENT, field, message);
  }

  private static Refusal refusal(String reason, String field, String message) {
    return new Refusal(
        reason, field + ": " + message, List.of(new Refusal.Finding(field, message)));
  }

  /** All mistakes at once, under the first of their kinds. */
  private static void refuse(List<Mistake> mistakes) {
    Findings all = new Findings();
    mistakes.forEach(mistake -> all.add(mistake.field(), mistake.message()));
    mistakes.stream()
        .map(Mistake::kind)
        .min(Comparator.naturalOrder())
        .ifPresent(kind -> all.refuse(kind.error()));
  }
}

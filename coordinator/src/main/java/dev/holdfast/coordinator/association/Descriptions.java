package dev.holdfast.coordinator.association;

import dev.holdfast.association.AssociationId;
import dev.holdfast.coordinator.admin.Findings;
import dev.holdfast.coordinator.admin.InstanceForm;
import dev.holdfast.coordinator.admin.Pages;
import dev.holdfast.coordinator.admin.Refusal;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Standings;
import dev.holdfast.report.RunStatus;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.AssociationDescription;
import dev.holdfast.wire.v1.AssociationOverview;
import dev.holdfast.wire.v1.ListAssociationVersionsRequest;
import dev.holdfast.wire.v1.ListAssociationVersionsResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Associations as callers see them. */
final class Descriptions {
  private static final String LATEST = "$LATEST";

  /** The first of these that a member has says more of an overview than its status. */
  private static final List<RunStatus> TELLING_FIRST =
      List.of(
          RunStatus.FAILED,
          RunStatus.INTERRUPTED,
          RunStatus.TIMED_OUT,
          RunStatus.IN_PROGRESS,
          RunStatus.PENDING,
          RunStatus.CANCELLED,
          RunStatus.SUCCESS,
          RunStatus.SKIPPED);

  private Descriptions() {}

  /** The association with this id or name, or a refusal. */
  static Associations.Association required(Read read, String idOrName) {
    return byId(read, idOrName)
        .filter(row -> row.deleted().isEmpty())
        .or(() -> Associations.named(read, idOrName))
        .filter(row -> read.sees(row.id()))
        .orElseThrow(() -> none(idOrName));
  }

  /** The same, and by its id one that is deleted: its executions stay readable. */
  static Associations.Association requiredEver(Read read, String idOrName) {
    return byId(read, idOrName)
        .or(() -> Associations.named(read, idOrName))
        .filter(row -> read.sees(row.id()))
        .orElseThrow(() -> none(idOrName));
  }

  private static Optional<Associations.Association> byId(Read read, String id) {
    return AssociationId.isValid(id)
        ? Associations.find(read, new AssociationId(id))
        : Optional.empty();
  }

  private static Refusal none(String idOrName) {
    return new Refusal(
        "AssociationDoesNotExist",
        "there is no association '" + Findings.printable(idOrName) + "'",
        List.of(new Refusal.Finding("association_id", "is no association's id or name")));
  }

  /** The version in force. */
  static AssociationDescription describe(Read read, Associations.Association row) {
    return describe(read, row, "");
  }

  /** One version of it, or a refusal. */
  static AssociationDescription describe(Read read, Associations.Association row, String selector) {
    int number =
        selector.isEmpty() || selector.equals(LATEST)
            ? row.version()
            : selector.matches("[1-9]\\d{0,8}") ? Integer.parseInt(selector) : 0;
    Associations.Version version =
        Associations.version(read, row.id(), number)
            .orElseThrow(
                () ->
                    new Refusal(
                        "InvalidAssociationVersion",
                        "there is no version '"
                            + Findings.printable(selector)
                            + "'; there are 1 to "
                            + row.version(),
                        List.of(
                            new Refusal.Finding(
                                "association_version", "allowed are $LATEST and a number"))));
    AssociationDescription.Builder description = versionOf(read, row, version).toBuilder();
    overview(description, row, standing(Standings.standings(read, List.of(row.id())), row));
    return description.build();
  }

  static Standings.Standing standing(
      Map<AssociationId, Standings.Standing> standings, Associations.Association row) {
    return standings.getOrDefault(row.id(), Standings.Standing.NONE);
  }

  /** A page of its versions, newest first. */
  static ListAssociationVersionsResponse versions(
      Read read, ListAssociationVersionsRequest request) {
    Associations.Association row = required(read, request.getAssociationId());
    Pages.Page<AssociationDescription> page =
        Pages.of(
            request.getPageSize(),
            request.getPageToken(),
            (after, atMost) -> Associations.versions(read, row.id(), below(after), atMost),
            version -> Integer.toString(version.version()),
            version -> Optional.of(versionOf(read, row, version)));
    return ListAssociationVersionsResponse.newBuilder()
        .addAllAssociationVersions(page.items())
        .setNextPageToken(page.next())
        .build();
  }

  private static int below(String after) {
    if (after.isEmpty()) {
      return Integer.MAX_VALUE;
    }
    if (!after.matches("\\d{1,9}")) {
      throw new Refusal("InvalidNextToken", "the page_token is none that was given out");
    }
    return Integer.parseInt(after);
  }

  private static AssociationDescription versionOf(
      Read read, Associations.Association row, Associations.Version version) {
    return AssociationDescription.newBuilder()
        .setAssociationId(row.id().value())
        .setAssociationVersion(version.version())
        .setAssociation(AssociationScope.shown(read, AssociationForm.read(version.content())))
        .setCreateDate(Times.toProto(row.created()))
        .setLastUpdateAssociationDate(Times.toProto(version.created()))
        .build();
  }

  static void overview(
      AssociationDescription.Builder description,
      Associations.Association row,
      Standings.Standing standing) {
    AssociationOverview.Builder overview = AssociationOverview.newBuilder();
    Map<RunStatus, Integer> counts = standing.counts();
    counts.forEach(
        (status, count) -> overview.putAssociationStatusAggregatedCount(status.text(), count));
    if (row.revision().isEmpty()) {
      overview.setStatus("Failed").setDetailedStatus("InvalidDocument");
    } else if (counts.isEmpty()) {
      overview.setStatus("Pending").setDetailedStatus("NoTargets");
    } else {
      overview.setStatus(InstanceForm.summary(counts));
      TELLING_FIRST.stream()
          .filter(counts::containsKey)
          .findFirst()
          .ifPresent(status -> overview.setDetailedStatus(status.text()));
    }
    description
        .setAssociationId(row.id().value())
        .setCreateDate(Times.toProto(row.created()))
        .setOverview(overview);
    standing
        .lastExecution()
        .ifPresent(time -> description.setLastExecutionDate(Times.toProto(time)));
    standing
        .lastSuccess()
        .ifPresent(time -> description.setLastSuccessfulExecutionDate(Times.toProto(time)));
  }
}

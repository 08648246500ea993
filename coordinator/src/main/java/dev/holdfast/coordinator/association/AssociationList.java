package dev.holdfast.coordinator.association;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.Filters;
import dev.holdfast.coordinator.admin.Findings;
import dev.holdfast.coordinator.admin.Pages;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Memberships;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Standings;
import dev.holdfast.coordinator.targeting.TargetKeys;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationDescription;
import dev.holdfast.wire.v1.Filter;
import dev.holdfast.wire.v1.FilterOperator;
import dev.holdfast.wire.v1.ListAssociationsRequest;
import dev.holdfast.wire.v1.ListAssociationsResponse;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Associations in pages, by SSM's filters (spec.md 3.2). */
final class AssociationList {
  private static final String BEFORE = "LastExecutedBefore";
  private static final String AFTER = "LastExecutedAfter";
  private static final String INSTANCE = "InstanceId";
  private static final Set<String> FILTERS =
      Set.of(
          "Name",
          "AssociationId",
          "AssociationName",
          "AssociationStatusName",
          BEFORE,
          AFTER,
          INSTANCE,
          "ResourceGroupName");

  private final Read read;
  private final Filters filters;
  private final List<Bound> bounds;
  private final Map<String, Set<AssociationId>> members = new HashMap<>();

  /** When it must have been executed last; who never was is neither before nor after. */
  private record Bound(boolean before, Instant time) {
    boolean holds(Optional<Instant> last) {
      return last.filter(at -> before ? at.isBefore(time) : at.isAfter(time)).isPresent();
    }
  }

  private record Listed(Associations.Current current, Standings.Standing standing) {}

  private AssociationList(Read read, Filters filters, List<Bound> bounds) {
    this.read = read;
    this.filters = filters;
    this.bounds = bounds;
    for (String instance : filters.asked(INSTANCE)) {
      Set<AssociationId> of = new HashSet<>();
      if (InstanceId.isValid(instance)) {
        Memberships.of(read, new InstanceId(instance)).forEach(m -> of.add(m.association()));
      }
      members.put(instance, of);
    }
  }

  /** A page of those not deleted, in the order of their ids. */
  static ListAssociationsResponse page(Read read, ListAssociationsRequest request) {
    Filters filters = Filters.of(request.getFiltersList(), FILTERS);
    filters.wholeOnly(INSTANCE);
    AssociationList list = new AssociationList(read, filters, bounds(request.getFiltersList()));
    Pages.Page<AssociationDescription> page =
        Pages.of(
            request.getPageSize(),
            request.getPageToken(),
            (after, atMost) -> listed(read, after, atMost),
            listed -> listed.current.row().id().value(),
            list::described);
    return ListAssociationsResponse.newBuilder()
        .addAllAssociations(page.items())
        .setNextPageToken(page.next())
        .build();
  }

  private Optional<AssociationDescription> described(Listed listed) {
    AssociationDescription.Builder description =
        AssociationDescription.newBuilder()
            .setAssociationVersion(listed.current.row().version())
            .setAssociation(
                AssociationScope.shown(read, AssociationForm.read(listed.current.content())))
            .setLastUpdateAssociationDate(Times.toProto(listed.current.row().updated()));
    Descriptions.overview(description, listed.current.row(), listed.standing);
    boolean wanted =
        filters.holdAny(key -> !isBound(key), key -> values(key, listed, description))
            && bounds.stream().allMatch(bound -> bound.holds(listed.standing.lastExecution()));
    return wanted ? Optional.of(description.build()) : Optional.empty();
  }

  private Collection<String> values(
      String key, Listed listed, AssociationDescription.Builder description) {
    Association content = description.getAssociation();
    return switch (key) {
      case "Name" -> List.of(content.getName());
      case "AssociationId" -> List.of(description.getAssociationId());
      case "AssociationName" -> List.of(content.getAssociationName());
      case INSTANCE ->
          members.entrySet().stream()
              .filter(of -> of.getValue().contains(listed.current.row().id()))
              .map(Map.Entry::getKey)
              .toList();
      case "ResourceGroupName" ->
          content.getTargetsList().stream()
              .filter(target -> target.getKey().equals(TargetKeys.GROUP))
              .flatMap(target -> target.getValuesList().stream())
              .toList();
      default -> List.of(description.getOverview().getStatus());
    };
  }

  private static boolean isBound(String key) {
    return key.equals(BEFORE) || key.equals(AFTER);
  }

  private static List<Bound> bounds(List<Filter> filters) {
    Findings findings = new Findings();
    List<Bound> bounds = new ArrayList<>();
    for (int i = 0; i < filters.size(); i++) {
      Filter filter = filters.get(i);
      if (!isBound(filter.getKey())) {
        continue;
      }
      boolean equal =
          filter.getOperator() == FilterOperator.FILTER_OPERATOR_UNSPECIFIED
              || filter.getOperator() == FilterOperator.FILTER_OPERATOR_EQUAL;
      if (!equal || filter.getValuesCount() != 1) {
        findings.add(
            "filters[" + i + "]",
            filter.getKey() + " takes one time, and no operator: its name says which side");
        continue;
      }
      String text = filter.getValues(0);
      try {
        bounds.add(
            new Bound(filter.getKey().equals(BEFORE), OffsetDateTime.parse(text).toInstant()));
      } catch (DateTimeException e) {
        findings.add(
            "filters[" + i + "].values[0]",
            "'" + Findings.printable(text) + "'; a time is written like 2026-11-24T12:00:00Z");
      }
    }
    findings.refuse("InvalidFilterValue");
    return bounds;
  }

  private static List<Listed> listed(Read read, String after, int atMost) {
    List<Associations.Current> rows = Associations.current(read, after, atMost);
    Map<AssociationId, Standings.Standing> standings =
        Standings.standings(read, rows.stream().map(current -> current.row().id()).toList());
    return rows.stream()
        .map(current -> new Listed(current, Descriptions.standing(standings, current.row())))
        .toList();
  }
}

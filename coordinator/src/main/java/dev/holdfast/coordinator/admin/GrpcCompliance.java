package dev.holdfast.coordinator.admin;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.compliance.Rollup;
import dev.holdfast.coordinator.store.Compliance;
import dev.holdfast.coordinator.store.Compliance.Item;
import dev.holdfast.coordinator.store.Compliance.Place;
import dev.holdfast.coordinator.store.Compliance.Severity;
import dev.holdfast.coordinator.store.Compliance.Status;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.ComplianceEvidence;
import dev.holdfast.wire.v1.ComplianceExecutionSummary;
import dev.holdfast.wire.v1.ComplianceItem;
import dev.holdfast.wire.v1.ComplianceServiceGrpc;
import dev.holdfast.wire.v1.ComplianceSeverity;
import dev.holdfast.wire.v1.ComplianceStatus;
import dev.holdfast.wire.v1.ComplianceSummaryItem;
import dev.holdfast.wire.v1.CompliantSummary;
import dev.holdfast.wire.v1.Filter;
import dev.holdfast.wire.v1.ListComplianceItemsRequest;
import dev.holdfast.wire.v1.ListComplianceItemsResponse;
import dev.holdfast.wire.v1.ListComplianceSummariesRequest;
import dev.holdfast.wire.v1.ListComplianceSummariesResponse;
import dev.holdfast.wire.v1.ListResourceComplianceSummariesRequest;
import dev.holdfast.wire.v1.ListResourceComplianceSummariesResponse;
import dev.holdfast.wire.v1.NonCompliantSummary;
import dev.holdfast.wire.v1.ResourceComplianceSummaryItem;
import dev.holdfast.wire.v1.SeveritySummary;
import io.grpc.stub.StreamObserver;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Whether instances are as they should be. */
public final class GrpcCompliance extends ComplianceServiceGrpc.ComplianceServiceImplBase {
  /** Instances that one request may name. */
  static final int MAX_RESOURCES = 50;

  private static final String INSTANCE = "ManagedInstance";
  private static final String EXECUTION = "Association";
  private static final Set<String> ITEM_FILTERS =
      Set.of("ComplianceType", "Status", "Severity", "Id");
  private static final Set<String> RESOURCE_FILTERS =
      Set.of("ComplianceType", "Status", "OverallSeverity", "ResourceId");

  private final Calls calls;

  /** Over the store behind the calls. */
  public GrpcCompliance(Calls calls) {
    this.calls = calls;
  }

  @Override
  public void listComplianceItems(
      ListComplianceItemsRequest request, StreamObserver<ListComplianceItemsResponse> answer) {
    calls.query(
        answer,
        read -> {
          Filters filters = filters(request.getFiltersList(), ITEM_FILTERS);
          Set<String> instances = instances(request.getResourceIdsList());
          Pages.Page<ComplianceItem> page =
              Pages.of(
                  request.getPageSize(),
                  request.getPageToken(),
                  (after, atMost) -> Compliance.list(read, place(after), instances, atMost),
                  item -> key(item.instance().value(), item.type(), item.id()),
                  item ->
                      filters.holdAny(
                              key ->
                                  values(
                                      key, item.type(), item.id(), item.status(), item.severity()))
                          ? Optional.of(toProto(item))
                          : Optional.empty());
          return ListComplianceItemsResponse.newBuilder()
              .addAllComplianceItems(page.items())
              .setNextPageToken(page.next())
              .build();
        });
  }

  @Override
  public void listComplianceSummaries(
      ListComplianceSummariesRequest request,
      StreamObserver<ListComplianceSummariesResponse> answer) {
    calls.query(
        answer,
        read -> {
          Filters filters = filters(request.getFiltersList(), ITEM_FILTERS);
          List<Map.Entry<String, Rollup>> types = List.copyOf(byType(read, filters).entrySet());
          Pages.Page<ComplianceSummaryItem> page =
              Pages.of(
                  request.getPageSize(),
                  request.getPageToken(),
                  (after, atMost) ->
                      types.stream()
                          .filter(type -> type.getKey().compareTo(after) > 0)
                          .limit(atMost)
                          .toList(),
                  Map.Entry::getKey,
                  type -> Optional.of(toProto(type.getKey(), type.getValue())));
          return ListComplianceSummariesResponse.newBuilder()
              .addAllComplianceSummaryItems(page.items())
              .setNextPageToken(page.next())
              .build();
        });
  }

  @Override
  public void listResourceComplianceSummaries(
      ListResourceComplianceSummariesRequest request,
      StreamObserver<ListResourceComplianceSummariesResponse> answer) {
    calls.query(
        answer,
        read -> {
          Filters filters = filters(request.getFiltersList(), RESOURCE_FILTERS);
          Pages.Page<ResourceComplianceSummaryItem> page =
              Pages.of(
                  request.getPageSize(),
                  request.getPageToken(),
                  (after, atMost) -> Compliance.resources(read, place(after), atMost),
                  place -> key(place.instance(), place.type(), ""),
                  place -> resource(read, place, filters));
          return ListResourceComplianceSummariesResponse.newBuilder()
              .addAllResourceComplianceSummaryItems(page.items())
              .setNextPageToken(page.next())
              .build();
        });
  }

  /** By type, how many instances stand how, by those of their items that the filters leave. */
  private static Map<String, Rollup> byType(Read read, Filters filters) {
    Map<String, Rollup> types = new TreeMap<>();
    Rollup.OfResources resources =
        new Rollup.OfResources(
            (type, standing) ->
                types.merge(type, Rollup.of(standing.status(), standing.severity()), Rollup::plus));
    Compliance.count(
        read,
        item -> {
          if (filters.holdAny(
              key -> values(key, item.type(), item.id(), item.status(), item.severity()))) {
            resources.add(item.instance(), item.type(), item.status(), item.severity());
          }
        });
    resources.end();
    return types;
  }

  private static Optional<ResourceComplianceSummaryItem> resource(
      Read read, Place place, Filters filters) {
    List<Item> items = Compliance.of(read, place.instance(), place.type());
    Rollup counts =
        items.stream()
            .map(item -> Rollup.of(item.status(), item.severity()))
            .reduce(Rollup.NONE, Rollup::plus);
    Rollup.Standing standing = counts.standing();
    boolean wanted =
        filters.holdAny(
            key ->
                switch (key) {
                  case "ResourceId" -> List.of(place.instance());
                  case "OverallSeverity" ->
                      values("Severity", "", "", standing.status(), standing.severity());
                  default -> values(key, place.type(), "", standing.status(), standing.severity());
                });
    if (!wanted || items.isEmpty()) {
      return Optional.empty();
    }
    Item newest = items.stream().max(Comparator.comparing(Item::executionTime)).orElseThrow();
    return Optional.of(
        ResourceComplianceSummaryItem.newBuilder()
            .setComplianceType(place.type())
            .setResourceType(INSTANCE)
            .setResourceId(place.instance())
            .setStatus(toProto(standing.status()))
            .setOverallSeverity(toProto(standing.severity()))
            .setExecutionSummary(execution(newest))
            .setCompliantSummary(compliant(counts))
            .setNonCompliantSummary(nonCompliant(counts))
            .setUnknownCount(counts.unknown())
            .build());
  }

  private static Filters filters(List<Filter> filters, Set<String> keys) {
    return Filters.of(filters, keys);
  }

  private static Set<String> instances(List<String> ids) {
    Findings findings = new Findings();
    if (ids.size() > MAX_RESOURCES) {
      findings.add("resource_ids", ids.size() + " ids; at most " + MAX_RESOURCES + " are allowed");
    }
    for (int i = 0; i < ids.size(); i++) {
      if (!InstanceId.isValid(ids.get(i))) {
        findings.add(
            "resource_ids[" + i + "]",
            "'" + Findings.printable(ids.get(i)) + "'; an instance id is mi- and 17 hex digits");
      }
    }
    findings.refuse("InvalidResourceId");
    return new TreeSet<>(ids);
  }

  private static String key(String instance, String type, String id) {
    return instance + "|" + type + "|" + id;
  }

  private static Place place(String after) {
    if (after.isEmpty()) {
      return Place.START;
    }
    String[] parts = after.split("\\|", 3);
    if (parts.length < 3) {
      throw new Refusal("InvalidNextToken", "the page_token is none that was given out");
    }
    return new Place(parts[0], parts[1], parts[2]);
  }

  /** Statuses and severities go by SSM's names and by those of the enums. */
  private static Collection<String> values(
      String key, String type, String id, Status status, Severity severity) {
    return switch (key) {
      case "ComplianceType" -> List.of(type);
      case "Id" -> List.of(id);
      case "Status" -> List.of(status.name(), toProto(status).name());
      case "Severity" -> List.of(severity.name(), toProto(severity).name());
      default -> List.of();
    };
  }

  private static ComplianceItem toProto(Item item) {
    ComplianceItem.Builder message =
        ComplianceItem.newBuilder()
            .setComplianceType(item.type())
            .setResourceType(INSTANCE)
            .setResourceId(item.instance().value())
            .setId(item.id())
            .setTitle(item.title())
            .setStatus(toProto(item.status()))
            .setSeverity(toProto(item.severity()))
            .setExecutionSummary(execution(item))
            .putAllDetails(item.details())
            .setSince(Times.toProto(item.since()));
    item.evidence()
        .forEach(
            drift ->
                message.addEvidence(
                    ComplianceEvidence.newBuilder()
                        .setResource(drift.resource())
                        .setProperty(drift.property())
                        .setActual(drift.actual())
                        .setDesired(drift.desired())));
    item.freshUntil().ifPresent(until -> message.setFreshUntil(Times.toProto(until)));
    return message.build();
  }

  private static ComplianceExecutionSummary execution(Item item) {
    return ComplianceExecutionSummary.newBuilder()
        .setExecutionTime(Times.toProto(item.executionTime()))
        .setExecutionId(item.executionId())
        .setExecutionType(EXECUTION)
        .build();
  }

  private static ComplianceSummaryItem toProto(String type, Rollup counts) {
    return ComplianceSummaryItem.newBuilder()
        .setComplianceType(type)
        .setCompliantSummary(compliant(counts))
        .setNonCompliantSummary(nonCompliant(counts))
        .setUnknownCount(counts.unknown())
        .build();
  }

  private static CompliantSummary compliant(Rollup counts) {
    return CompliantSummary.newBuilder()
        .setCompliantCount(Rollup.sum(counts.compliant()))
        .setSeveritySummary(severities(counts.compliant()))
        .build();
  }

  private static NonCompliantSummary nonCompliant(Rollup counts) {
    return NonCompliantSummary.newBuilder()
        .setNonCompliantCount(Rollup.sum(counts.nonCompliant()))
        .setSeveritySummary(severities(counts.nonCompliant()))
        .build();
  }

  private static SeveritySummary severities(Map<Severity, Integer> counts) {
    return SeveritySummary.newBuilder()
        .setCriticalCount(counts.getOrDefault(Severity.CRITICAL, 0))
        .setHighCount(counts.getOrDefault(Severity.HIGH, 0))
        .setMediumCount(counts.getOrDefault(Severity.MEDIUM, 0))
        .setLowCount(counts.getOrDefault(Severity.LOW, 0))
        .setInformationalCount(counts.getOrDefault(Severity.INFORMATIONAL, 0))
        .setUnspecifiedCount(counts.getOrDefault(Severity.UNSPECIFIED, 0))
        .build();
  }

  private static ComplianceStatus toProto(Status status) {
    return switch (status) {
      case COMPLIANT -> ComplianceStatus.COMPLIANCE_STATUS_COMPLIANT;
      case NON_COMPLIANT -> ComplianceStatus.COMPLIANCE_STATUS_NON_COMPLIANT;
      case UNKNOWN -> ComplianceStatus.COMPLIANCE_STATUS_UNKNOWN;
    };
  }

  private static ComplianceSeverity toProto(Severity severity) {
    return switch (severity) {
      case CRITICAL -> ComplianceSeverity.COMPLIANCE_SEVERITY_CRITICAL;
      case HIGH -> ComplianceSeverity.COMPLIANCE_SEVERITY_HIGH;
      case MEDIUM -> ComplianceSeverity.COMPLIANCE_SEVERITY_MEDIUM;
      case LOW -> ComplianceSeverity.COMPLIANCE_SEVERITY_LOW;
      case INFORMATIONAL -> ComplianceSeverity.COMPLIANCE_SEVERITY_INFORMATIONAL;
      case UNSPECIFIED -> ComplianceSeverity.COMPLIANCE_SEVERITY_UNSPECIFIED;
    };
  }
}

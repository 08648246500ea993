package dev.holdfast.coordinator.compliance;

import dev.holdfast.association.InstanceId;
import dev.holdfast.compliance.Severity;
import dev.holdfast.compliance.Status;
import dev.holdfast.coordinator.admin.Calls;
import dev.holdfast.coordinator.admin.Filters;
import dev.holdfast.coordinator.admin.Findings;
import dev.holdfast.coordinator.admin.Pages;
import dev.holdfast.coordinator.admin.Refusal;
import dev.holdfast.coordinator.store.Compliance.Item;
import dev.holdfast.coordinator.store.ComplianceLists;
import dev.holdfast.coordinator.store.ComplianceLists.Cell;
import dev.holdfast.coordinator.store.ComplianceLists.Place;
import dev.holdfast.coordinator.store.ComplianceLists.Resource;
import dev.holdfast.coordinator.store.ComplianceLists.Wanted;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.wire.v1.ComplianceItem;
import dev.holdfast.wire.v1.ComplianceServiceGrpc;
import dev.holdfast.wire.v1.ComplianceSummaryItem;
import dev.holdfast.wire.v1.ListComplianceItemsRequest;
import dev.holdfast.wire.v1.ListComplianceItemsResponse;
import dev.holdfast.wire.v1.ListComplianceSummariesRequest;
import dev.holdfast.wire.v1.ListComplianceSummariesResponse;
import dev.holdfast.wire.v1.ListResourceComplianceSummariesRequest;
import dev.holdfast.wire.v1.ListResourceComplianceSummariesResponse;
import dev.holdfast.wire.v1.PutComplianceItemsRequest;
import dev.holdfast.wire.v1.PutComplianceItemsResponse;
import dev.holdfast.wire.v1.ResourceComplianceSummaryItem;
import io.grpc.stub.StreamObserver;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Whether instances are as they should be. */
public final class GrpcCompliance extends ComplianceServiceGrpc.ComplianceServiceImplBase {
  /** Instances that one request may name. */
  static final int MAX_RESOURCES = 50;

  private static final String STATUS = "Status";
  private static final String SEVERITY = "Severity";
  private static final String TYPE = "ComplianceType";

  private static final Set<String> ITEM_FILTERS =
      Set.of(
          TYPE,
          STATUS,
          SEVERITY,
          "Id",
          "Title",
          "ResourceId",
          "ExecutionId",
          "ExecutionType",
          "ExecutionTime");
  private static final Set<String> COUNTED_FILTERS = Set.of(TYPE, STATUS, SEVERITY, "Id");
  private static final Set<String> RESOURCE_FILTERS =
      Set.of(
          TYPE,
          STATUS,
          "OverallSeverity",
          "ResourceId",
          "CompliantCount",
          "NonCompliantCount",
          "UnknownCount");

  private final Calls calls;

  /** Over the store behind the calls. */
  public GrpcCompliance(Calls calls) {
    this.calls = calls;
  }

  @Override
  public void putComplianceItems(
      PutComplianceItemsRequest request, StreamObserver<PutComplianceItemsResponse> answer) {
    calls.mutateOnce(
        "PutComplianceItems",
        request,
        request.getClientToken(),
        PutComplianceItemsResponse.parser(),
        answer,
        write -> PutCalls.put(write, request));
  }

  @Override
  public void listComplianceItems(
      ListComplianceItemsRequest request, StreamObserver<ListComplianceItemsResponse> answer) {
    calls.query(
        answer,
        read -> {
          Filters filters = Filters.of(request.getFiltersList(), ITEM_FILTERS);
          Set<String> instances = instances(request.getResourceIdsList());
          Wanted wanted =
              new Wanted(
                  instances.isEmpty() ? Set.copyOf(filters.equal("ResourceId")) : instances,
                  Set.copyOf(filters.equal(TYPE)),
                  Set.copyOf(filters.equal("Id")),
                  statuses(filters),
                  severities(filters, SEVERITY));
          Pages.Page<ComplianceItem> page =
              Pages.of(
                  request.getPageSize(),
                  request.getPageToken(),
                  (after, atMost) -> ComplianceLists.items(read, place(after), wanted, atMost),
                  item -> key(item.instance().value(), item.type(), item.id()),
                  item ->
                      filters.holdAny(key -> values(key, item))
                          ? Optional.of(ComplianceForm.toProto(item))
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
          Filters filters = Filters.of(request.getFiltersList(), COUNTED_FILTERS);
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
                  type -> Optional.of(ComplianceForm.toProto(type.getKey(), type.getValue())));
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
          Filters filters = Filters.of(request.getFiltersList(), RESOURCE_FILTERS);
          Wanted wanted =
              new Wanted(
                  Set.copyOf(filters.equal("ResourceId")),
                  Set.copyOf(filters.equal(TYPE)),
                  Set.of(),
                  statuses(filters),
                  severities(filters, "OverallSeverity"));
          Pages.Page<ResourceComplianceSummaryItem> page =
              Pages.of(
                  request.getPageSize(),
                  request.getPageToken(),
                  (after, atMost) -> ComplianceLists.resources(read, place(after), wanted, atMost),
                  resource -> key(resource.instance(), resource.type(), ""),
                  resource ->
                      filters.holdAny(key -> values(key, resource))
                          ? Optional.of(
                              ComplianceForm.toProto(
                                  resource,
                                  ComplianceLists.newest(
                                      read, resource.instance(), resource.type())))
                          : Optional.empty());
          return ListResourceComplianceSummariesResponse.newBuilder()
              .addAllResourceComplianceSummaryItems(page.items())
              .setNextPageToken(page.next())
              .build();
        });
  }

  /** By type, how many instances stand how, by those of their items that the filters leave. */
  private static Map<String, Rollup> byType(Read read, Filters filters) {
    Map<String, Rollup> types = new TreeMap<>();
    if (!filters.asked("Id").isEmpty()) {
      Rollup.OfResources resources =
          new Rollup.OfResources(
              (type, standing) ->
                  types.merge(
                      type, Rollup.of(standing.status(), standing.severity()), Rollup::plus));
      ComplianceLists.count(
          read,
          Set.copyOf(filters.equal("Id")),
          item -> {
            if (filters.holdAny(
                key -> values(key, item.type(), item.id(), item.status(), item.severity()))) {
              resources.add(item.instance(), item.type(), item.status(), item.severity());
            }
          });
      resources.end();
      return types;
    }
    Set<Cell> left = new HashSet<>();
    for (Status status : Status.values()) {
      for (Severity severity : Severity.values()) {
        if (filters.holdAny(
            key -> key.equals(STATUS) || key.equals(SEVERITY),
            key -> values(key, "", "", status, severity))) {
          left.add(new Cell(status, severity));
        }
      }
    }
    boolean all = left.size() == Status.values().length * Severity.values().length;
    List<ComplianceLists.Stands> stands =
        all
            ? ComplianceLists.stands(read)
            : left.isEmpty() ? List.of() : ComplianceLists.stands(read, left);
    for (ComplianceLists.Stands some : stands) {
      if (filters.holdAny(TYPE::equals, _ -> List.of(some.type()))) {
        types.merge(
            some.type(),
            Rollup.of(some.status(), some.severity()).times(some.resources()),
            Rollup::plus);
      }
    }
    return types;
  }

  private static Set<Status> statuses(Filters filters) {
    return filters.equal(STATUS).stream()
        .flatMap(name -> ComplianceForm.status(name).stream())
        .collect(Collectors.toSet());
  }

  private static Set<Severity> severities(Filters filters, String key) {
    return filters.equal(key).stream()
        .flatMap(name -> ComplianceForm.severity(name).stream())
        .collect(Collectors.toSet());
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

  private static Collection<String> values(String key, Item item) {
    return switch (key) {
      case "Title" -> List.of(item.title());
      case "ResourceId" -> List.of(item.instance().value());
      case "ExecutionId" -> List.of(item.executionId());
      case "ExecutionType" -> List.of(item.executionType());
      // In SSM's form, so that texts are in the order of their times.
      case "ExecutionTime" ->
          List.of(item.executionTime().truncatedTo(ChronoUnit.SECONDS).toString());
      default -> values(key, item.type(), item.id(), item.status(), item.severity());
    };
  }

  private static Collection<String> values(String key, Resource resource) {
    return switch (key) {
      case "ResourceId" -> List.of(resource.instance());
      case "OverallSeverity" -> ComplianceForm.names(resource.severity());
      case "CompliantCount" -> count(Rollup.sum(ComplianceForm.counts(resource).compliant()));
      case "NonCompliantCount" -> count(Rollup.sum(ComplianceForm.counts(resource).nonCompliant()));
      case "UnknownCount" -> count(ComplianceForm.counts(resource).unknown());
      default -> values(key, resource.type(), "", resource.status(), resource.severity());
    };
  }

  private static Collection<String> count(int count) {
    return List.of(Integer.toString(count));
  }

  private static Collection<String> values(
      String key, String type, String id, Status status, Severity severity) {
    return switch (key) {
      case TYPE -> List.of(type);
      case "Id" -> List.of(id);
      case STATUS -> ComplianceForm.names(status);
      case SEVERITY -> ComplianceForm.names(severity);
      default -> List.of();
    };
  }
}

package dev.holdfast.coordinator.compliance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.compliance.Severity;
import dev.holdfast.compliance.Status;
import dev.holdfast.coordinator.admin.Answer;
import dev.holdfast.coordinator.admin.Calls;
import dev.holdfast.coordinator.store.Compliance;
import dev.holdfast.coordinator.testing.AsAdmin;
import dev.holdfast.coordinator.testing.Estate;
import dev.holdfast.report.Drift;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.ComplianceItem;
import dev.holdfast.wire.v1.ComplianceSeverity;
import dev.holdfast.wire.v1.ComplianceStatus;
import dev.holdfast.wire.v1.ComplianceSummaryItem;
import dev.holdfast.wire.v1.Filter;
import dev.holdfast.wire.v1.FilterOperator;
import dev.holdfast.wire.v1.ListComplianceItemsRequest;
import dev.holdfast.wire.v1.ListComplianceItemsResponse;
import dev.holdfast.wire.v1.ListComplianceSummariesRequest;
import dev.holdfast.wire.v1.ListResourceComplianceSummariesRequest;
import dev.holdfast.wire.v1.ListResourceComplianceSummariesResponse;
import dev.holdfast.wire.v1.ResourceComplianceSummaryItem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(AsAdmin.class)
final class GrpcComplianceTest {
  @TempDir Path folder;
  private Estate estate;
  private GrpcCompliance service;

  @BeforeEach
  void open() {
    estate = new Estate(folder);
    service = new GrpcCompliance(new Calls(estate.store, () -> new UUID(0, 1)));
    put(1, 1, Status.COMPLIANT, Severity.HIGH);
    put(1, 2, Status.NON_COMPLIANT, Severity.LOW);
    put(2, 1, Status.COMPLIANT, Severity.HIGH);
    put(3, 1, Status.UNKNOWN, Severity.HIGH);
    put(3, 2, Status.COMPLIANT, Severity.LOW);
  }

  @AfterEach
  void close() {
    estate.close();
  }

  @Test
  void anItemSaysAllThatIsKnownOfIt() {
    ComplianceItem item =
        items(
                ListComplianceItemsRequest.newBuilder()
                    .addResourceIds(Estate.instance(1).value())
                    .build())
            .getFirst();

    assertEquals("Association", item.getComplianceType());
    assertEquals("ManagedInstance", item.getResourceType());
    assertEquals(Estate.instance(1).value(), item.getResourceId());
    assertEquals(Estate.association(1).value(), item.getId());
    assertEquals("title", item.getTitle());
    assertEquals(ComplianceStatus.COMPLIANCE_STATUS_COMPLIANT, item.getStatus());
    assertEquals(ComplianceSeverity.COMPLIANCE_SEVERITY_HIGH, item.getSeverity());
    assertEquals("run 1.1", item.getExecutionSummary().getExecutionId());
    assertEquals("mode", item.getEvidence(0).getProperty());
    assertEquals("Check", item.getDetailsOrThrow("DocumentName"));
    assertEquals(Times.toProto(Estate.START), item.getSince());
    assertEquals(Times.toProto(Estate.START.plusSeconds(60)), item.getFreshUntil());
  }

  @Test
  void itemsAreFilteredByWhatTheyAre() {
    assertEquals(List.of("1.2"), ids(filter("Status", "NON_COMPLIANT")));
    assertEquals(List.of("1.2"), ids(filter("Status", "COMPLIANCE_STATUS_NON_COMPLIANT")));
    assertEquals(List.of("1.2", "3.2"), ids(filter("Severity", "LOW")));
    assertEquals(List.of("1.2", "3.2"), ids(filter("Id", Estate.association(2).value())));
    assertEquals(List.of(), ids(filter("ComplianceType", "Patch")));
    assertEquals(
        List.of("1.2", "3.1"),
        ids(
            filter("Status", "COMPLIANT").toBuilder()
                .setOperator(FilterOperator.FILTER_OPERATOR_NOT_EQUAL)
                .build()));
    assertTrue(
        Answer.refusal(
                service::listComplianceItems,
                ListComplianceItemsRequest.newBuilder().addFilters(filter("Colour", "red")).build())
            .startsWith("InvalidFilterKey"));
    assertTrue(
        Answer.refusal(
                service::listComplianceItems,
                ListComplianceItemsRequest.newBuilder().addResourceIds("i-1").build())
            .startsWith("InvalidResourceId"));
  }

  @Test
  void itemsComeInPagesWithoutGapsAndRepeats() {
    List<String> seen = new ArrayList<>();
    String token = "";
    do {
      ListComplianceItemsResponse page =
          Answer.of(
              service::listComplianceItems,
              ListComplianceItemsRequest.newBuilder().setPageSize(2).setPageToken(token).build());
      page.getComplianceItemsList().forEach(item -> seen.add(id(item)));
      token = page.getNextPageToken();
    } while (!token.isEmpty());

    assertEquals(List.of("1.1", "1.2", "2.1", "3.1", "3.2"), seen);
  }

  @Test
  void summariesCountInstances() {
    ComplianceSummaryItem summary = summary();

    assertEquals("Association", summary.getComplianceType());
    assertEquals(1, summary.getCompliantSummary().getCompliantCount());
    assertEquals(1, summary.getCompliantSummary().getSeveritySummary().getHighCount());
    assertEquals(1, summary.getNonCompliantSummary().getNonCompliantCount());
    assertEquals(1, summary.getNonCompliantSummary().getSeveritySummary().getLowCount());
    assertEquals(1, summary.getUnknownCount());

    ComplianceSummaryItem low = summary(filter("Severity", "LOW"));
    assertEquals(1, low.getCompliantSummary().getCompliantCount());
    assertEquals(1, low.getNonCompliantSummary().getNonCompliantCount());
    assertEquals(0, low.getUnknownCount());
  }

  @Test
  void aResourceStandsAsItsWorstItem() {
    List<ResourceComplianceSummaryItem> all = resources(List.of());

    assertEquals(
        List.of(
            "1 NON_COMPLIANT LOW 1+1+0", "2 COMPLIANT HIGH 1+0+0", "3 UNKNOWN UNSPECIFIED 1+0+1"),
        all.stream().map(GrpcComplianceTest::text).toList());
    assertEquals("run 1.2", all.getFirst().getExecutionSummary().getExecutionId(), "the newest");
    assertEquals(2, resources(List.of(filter("Status", "COMPLIANT", "UNKNOWN"))).size());
    assertEquals(1, resources(List.of(filter("OverallSeverity", "LOW"))).size());
    assertEquals(1, resources(List.of(filter("ResourceId", Estate.instance(2).value()))).size());
  }

  private static String text(ResourceComplianceSummaryItem item) {
    return item.getResourceId().substring(19)
        + " "
        + item.getStatus().name().substring("COMPLIANCE_STATUS_".length())
        + " "
        + item.getOverallSeverity().name().substring("COMPLIANCE_SEVERITY_".length())
        + " "
        + item.getCompliantSummary().getCompliantCount()
        + "+"
        + item.getNonCompliantSummary().getNonCompliantCount()
        + "+"
        + item.getUnknownCount();
  }

  private List<ResourceComplianceSummaryItem> resources(List<Filter> filters) {
    List<ResourceComplianceSummaryItem> all = new ArrayList<>();
    String token = "";
    do {
      ListResourceComplianceSummariesResponse page =
          Answer.of(
              service::listResourceComplianceSummaries,
              ListResourceComplianceSummariesRequest.newBuilder()
                  .addAllFilters(filters)
                  .setPageSize(1)
                  .setPageToken(token)
                  .build());
      all.addAll(page.getResourceComplianceSummaryItemsList());
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    return all;
  }

  private ComplianceSummaryItem summary(Filter... filters) {
    return Answer.of(
            service::listComplianceSummaries,
            ListComplianceSummariesRequest.newBuilder().addAllFilters(List.of(filters)).build())
        .getComplianceSummaryItems(0);
  }

  private List<String> ids(Filter filter) {
    return items(ListComplianceItemsRequest.newBuilder().addFilters(filter).build()).stream()
        .map(GrpcComplianceTest::id)
        .toList();
  }

  private static String id(ComplianceItem item) {
    return item.getResourceId().substring(19) + "." + item.getId().substring(35);
  }

  private List<ComplianceItem> items(ListComplianceItemsRequest request) {
    return Answer.of(service::listComplianceItems, request).getComplianceItemsList();
  }

  private static Filter filter(String key, String... values) {
    return Filter.newBuilder().setKey(key).addAllValues(List.of(values)).build();
  }

  private void put(int instance, int association, Status status, Severity severity) {
    estate.store.write(
        write -> {
          Compliance.put(
              write,
              new Compliance.Item(
                  Estate.instance(instance),
                  Compliance.ASSOCIATION,
                  Estate.association(association).value(),
                  "title",
                  status,
                  severity,
                  Estate.START.plusSeconds(association),
                  "run " + instance + "." + association,
                  "Association",
                  Map.of("DocumentName", "Check"),
                  List.of(new Drift("/etc/motd", "mode", "0600", "0644")),
                  Estate.START,
                  Optional.of(Estate.START.plusSeconds(60)),
                  1,
                  1,
                  Estate.START));
          return true;
        });
  }
}

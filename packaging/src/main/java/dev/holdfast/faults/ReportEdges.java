package dev.holdfast.faults;

import com.google.protobuf.util.Timestamps;
import dev.holdfast.wire.v1.BanInstanceRequest;
import dev.holdfast.wire.v1.ComplianceExecutionSummary;
import dev.holdfast.wire.v1.ComplianceItemEntry;
import dev.holdfast.wire.v1.ComplianceServiceGrpc;
import dev.holdfast.wire.v1.ComplianceStatus;
import dev.holdfast.wire.v1.Filter;
import dev.holdfast.wire.v1.GetInventoryRequest;
import dev.holdfast.wire.v1.InstanceServiceGrpc;
import dev.holdfast.wire.v1.InventoryAggregator;
import dev.holdfast.wire.v1.InventoryEntry;
import dev.holdfast.wire.v1.InventoryGroup;
import dev.holdfast.wire.v1.InventoryItem;
import dev.holdfast.wire.v1.InventoryServiceGrpc;
import dev.holdfast.wire.v1.PutComplianceItemsRequest;
import dev.holdfast.wire.v1.PutInventoryRequest;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** The edges of what people put of an instance, and ask of all. */
final class ReportEdges {
  private static final String NAME = "AWS:Application.Name";
  private static final int LARGEST = 1_024;
  private static final int ALL = 786_432;

  private final Edge edge;
  private String instance = "";

  ReportEdges(Edge edge) {
    this.edge = edge;
  }

  void tryAll() throws Exception {
    instance = Field.handMade(edge.trial(), edge.rig()).instance();
    inventory();
    questions();
    items();
    summaries();
    types();
    edge.sized(
        "MAX_BAN_REASON_CHARS",
        1_000,
        n ->
            edge.by(InstanceServiceGrpc::newBlockingStub)
                .banInstance(
                    BanInstanceRequest.newBuilder()
                        .setInstanceId(instance)
                        .setReason(DocumentEdges.x(n))
                        .build()));
  }

  private Object put(InventoryItem.Builder... items) {
    PutInventoryRequest.Builder request = PutInventoryRequest.newBuilder().setInstanceId(instance);
    for (InventoryItem.Builder item : items) {
      request.addItems(item.setSchemaVersion("1.0"));
    }
    return edge.by(InventoryServiceGrpc::newBlockingStub).putInventory(request.build());
  }

  private static InventoryItem.Builder item(String type) {
    return InventoryItem.newBuilder().setTypeName(type);
  }

  private static InventoryItem.Builder[] items(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> item("Custom:Edge" + i))
        .toArray(InventoryItem.Builder[]::new);
  }

  private Object put(InventoryEntry.Builder... entries) {
    InventoryItem.Builder item = item("Custom:Edge0");
    for (InventoryEntry.Builder entry : entries) {
      item.addContent(entry);
    }
    return put(item);
  }

  private static InventoryEntry.Builder entry(String name, String value) {
    return InventoryEntry.newBuilder().putAttributes(name, value);
  }

  private void inventory() {
    edge.sized(
        "MAX_ATTRIBUTES",
        50,
        n -> put(InventoryEntry.newBuilder().putAllAttributes(DocumentEdges.tags(n))));
    edge.sized("MAX_ATTRIBUTE_NAME_CHARS", 64, n -> put(entry(DocumentEdges.x(n), "v")));
    edge.sized("MAX_INVENTORY_VALUE_CHARS", 4_096, n -> put(entry("Name", DocumentEdges.x(n))));
    edge.sized(
        "MAX_INVENTORY_ITEMS",
        20_000,
        n ->
            put(
                IntStream.range(0, n)
                    .mapToObj(i -> entry("N", Integer.toString(i)))
                    .toArray(InventoryEntry.Builder[]::new)));
    // Of the types of one instance so many are anybody's.
    edge.sized("MAX_CUSTOM_TYPES", 20, n -> put(items(n)));
    edge.beyond("MAX_PUT_ITEMS", 30, () -> put(items(31)));
    edge.beyond(
        "characters of a type's name",
        100,
        () -> put(item("Custom:" + DocumentEdges.x(47) + ":" + DocumentEdges.x(46))));
  }

  private Object ask(GetInventoryRequest.Builder request) {
    return edge.by(InventoryServiceGrpc::newBlockingStub).getInventory(request.build());
  }

  private static Filter filter(int values) {
    Filter.Builder filter = Filter.newBuilder().setKey(NAME);
    IntStream.range(0, values).forEach(i -> filter.addValues("value" + i));
    return filter.build();
  }

  private static <T> List<T> times(int count, T one) {
    return Collections.nCopies(count, one);
  }

  private static InventoryAggregator by(InventoryAggregator... within) {
    return InventoryAggregator.newBuilder()
        .setExpression(NAME)
        .addAllAggregators(List.of(within))
        .build();
  }

  private void questions() {
    edge.sized(
        "MAX_FILTERS",
        5,
        n -> ask(GetInventoryRequest.newBuilder().addAllFilters(times(n, filter(1)))));
    edge.sized("MAX_VALUES", 40, n -> ask(GetInventoryRequest.newBuilder().addFilters(filter(n))));
    edge.sized(
        "MAX_AGGREGATORS",
        10,
        n -> ask(GetInventoryRequest.newBuilder().addAllAggregators(times(n, by()))));
    edge.within(
        "MAX_AGGREGATOR_DEPTH",
        () -> ask(GetInventoryRequest.newBuilder().addAggregators(by(by(by())))));
    edge.beyond(
        "MAX_AGGREGATOR_DEPTH",
        3,
        () -> ask(GetInventoryRequest.newBuilder().addAggregators(by(by(by(by()))))));
    edge.sized(
        "MAX_GROUPS",
        15,
        n ->
            ask(
                GetInventoryRequest.newBuilder()
                    .addAggregators(
                        InventoryAggregator.newBuilder()
                            .addAllGroups(
                                times(
                                    n,
                                    InventoryGroup.newBuilder()
                                        .setName("group")
                                        .addFilters(filter(1))
                                        .build())))));
    // No attribute is called so, even if its name is not too long.
    edge.beyond(
        "MAX_EXPRESSION_CHARS",
        1_000,
        () ->
            ask(
                GetInventoryRequest.newBuilder()
                    .addAggregators(
                        InventoryAggregator.newBuilder().setExpression(DocumentEdges.x(1_001)))));
  }

  private static ComplianceItemEntry.Builder checked(String id) {
    return ComplianceItemEntry.newBuilder()
        .setId(id)
        .setStatus(ComplianceStatus.COMPLIANCE_STATUS_COMPLIANT);
  }

  private static PutComplianceItemsRequest.Builder of(ComplianceItemEntry.Builder... items) {
    PutComplianceItemsRequest.Builder request = PutComplianceItemsRequest.newBuilder();
    for (ComplianceItemEntry.Builder item : items) {
      request.addItems(item);
    }
    return request;
  }

  private Object put(PutComplianceItemsRequest.Builder request) {
    return put(request, ComplianceExecutionSummary.newBuilder(), Duration.ZERO);
  }

  private Object put(
      PutComplianceItemsRequest.Builder request,
      ComplianceExecutionSummary.Builder summary,
      Duration ahead) {
    long time = System.currentTimeMillis() + ahead.toMillis();
    if (request.getComplianceType().isEmpty()) {
      request.setComplianceType("Custom:Edge");
    }
    return edge.by(ComplianceServiceGrpc::newBlockingStub)
        .putComplianceItems(
            request
                .setResourceId(instance)
                .setExecutionSummary(summary.setExecutionTime(Timestamps.fromMillis(time)))
                .build());
  }

  private void items() {
    edge.sized("MAX_COMPLIANCE_ITEMS", 1_000, n -> put(of(many(n, i -> checked("id" + i)))));
    edge.sized("MAX_COMPLIANCE_ID_CHARS", 200, n -> put(of(checked(DocumentEdges.x(n)))));
    edge.sized(
        "MAX_COMPLIANCE_TITLE_CHARS", 500, n -> put(of(checked("a").setTitle(DocumentEdges.x(n)))));
    edge.sized(
        "MAX_COMPLIANCE_DETAILS",
        50,
        n -> put(of(checked("a").putAllDetails(DocumentEdges.tags(n)))));
    edge.sized(
        "MAX_COMPLIANCE_DETAIL_NAME_CHARS",
        64,
        n -> put(of(checked("a").putDetails(DocumentEdges.x(n), "v"))));
    edge.sized("MAX_COMPLIANCE_ITEM_BYTES", LARGEST, n -> put(of(sized("a", n))));
    // A detail as long as this is still too long for an item.
    edge.beyond(
        "MAX_COMPLIANCE_DETAIL_CHARS", 4_096, () -> put(of(sized("a", 4_097 + "ad".length()))));
    int full = ALL / LARGEST;
    edge.within(
        "MAX_COMPLIANCE_BYTES",
        () -> put(of(many(full, i -> sized("%04d".formatted(i), LARGEST)))));
    edge.beyond(
        "MAX_COMPLIANCE_BYTES",
        ALL,
        () -> put(of(many(full, i -> sized("%04d".formatted(i), LARGEST))).addItems(checked("x"))));
  }

  private static ComplianceItemEntry.Builder[] many(
      int count, IntFunction<ComplianceItemEntry.Builder> each) {
    return IntStream.range(0, count).mapToObj(each).toArray(ComplianceItemEntry.Builder[]::new);
  }

  /** An item of so many bytes of text. */
  private static ComplianceItemEntry.Builder sized(String id, int bytes) {
    return checked(id).putDetails("d", DocumentEdges.x(bytes - id.length() - 1));
  }

  private void summaries() {
    edge.sized(
        "MAX_COMPLIANCE_HASH_CHARS",
        256,
        n -> put(of(checked("a")).setItemContentHash(DocumentEdges.x(n))));
    edge.sized(
        "MAX_COMPLIANCE_EXECUTION_ID_CHARS",
        100,
        n ->
            put(
                of(checked("a")),
                ComplianceExecutionSummary.newBuilder().setExecutionId(DocumentEdges.x(n)),
                Duration.ZERO));
    edge.sized(
        "MAX_COMPLIANCE_EXECUTION_TYPE_CHARS",
        50,
        n ->
            put(
                of(checked("a")),
                ComplianceExecutionSummary.newBuilder().setExecutionType(DocumentEdges.x(n)),
                Duration.ZERO));
    edge.sized(
        "COMPLIANCE_AHEAD",
        60,
        n ->
            put(
                of(checked("a")),
                ComplianceExecutionSummary.newBuilder(),
                Duration.ofMinutes(n).minusSeconds(30)));
  }

  private void types() {
    // One is there already.
    edge.sized(
        "MAX_COMPLIANCE_TYPE_CHARS",
        100,
        n -> put(of(checked("a")).setComplianceType("Custom:" + DocumentEdges.x(n - 7))));
    for (int i = 2; i < 10; i++) {
      String type = "Custom:Edge" + i;
      edge.within(
          "MAX_CUSTOM_COMPLIANCE_TYPES", () -> put(of(checked("a")).setComplianceType(type)));
    }
    edge.beyond(
        "MAX_CUSTOM_COMPLIANCE_TYPES",
        10,
        () -> put(of(checked("a")).setComplianceType("Custom:Another")));
  }
}

package dev.holdfast.bench;

import dev.holdfast.coordinator.inventory.GrpcInventory;
import dev.holdfast.wire.v1.Filter;
import dev.holdfast.wire.v1.FilterOperator;
import dev.holdfast.wire.v1.GetInventoryRequest;
import dev.holdfast.wire.v1.GetInventoryResponse;
import dev.holdfast.wire.v1.InventoryAggregator;
import dev.holdfast.wire.v1.InventoryGroup;
import dev.holdfast.wire.v1.ResultAttribute;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Asks the service what people ask, many times. */
final class InventoryQuestions {
  private final GrpcInventory service;
  private final int instances;
  private final PrintStream out;

  InventoryQuestions(GrpcInventory service, int instances, PrintStream out) {
    this.service = service;
    this.instances = instances;
    this.out = out;
  }

  void ask() {
    Filter openssl =
        filter(Inventory.APPLICATION + ".Name", FilterOperator.FILTER_OPERATOR_EQUAL, "openssl");
    Filter below =
        filter(
            Inventory.APPLICATION + ".Version", FilterOperator.FILTER_OPERATOR_LESS_THAN, "3.0.14");
    out.println("milliseconds                        p50      p99      max");
    line(
        "openssl below 3.0.14, 100 of them",
        200,
        () -> page().addFilters(openssl).addFilters(below).build());
    line(
        "  how many have it",
        200,
        () ->
            page()
                .addAggregators(
                    InventoryAggregator.newBuilder()
                        .addGroups(
                            InventoryGroup.newBuilder()
                                .setName("old")
                                .addFilters(openssl)
                                .addFilters(below)))
                .build());
    Random random = new Random(7);
    line(
        "a package by name, 100 of them",
        200,
        () ->
            page()
                .addFilters(
                    filter(
                        Inventory.APPLICATION + ".Name",
                        FilterOperator.FILTER_OPERATOR_EQUAL,
                        PackageSets.name(random.nextInt(3_000))))
                .build());
    line(
        "names by how many have them, top 100",
        30,
        () ->
            page()
                .addAggregators(
                    InventoryAggregator.newBuilder().setExpression(Inventory.APPLICATION + ".Name"))
                .build());
    line(
        "all types of one instance",
        200,
        () ->
            GetInventoryRequest.newBuilder()
                .addFilters(
                    filter(
                        "AWS:InstanceInformation.InstanceId",
                        FilterOperator.FILTER_OPERATOR_EQUAL,
                        LargeFleet.instance(random.nextInt(instances)).value()))
                .build());
    line(
        "a custom attribute, 100 of them",
        200,
        () ->
            page()
                .addFilters(
                    filter(
                        Inventory.RACK + ".Site",
                        FilterOperator.FILTER_OPERATOR_EQUAL,
                        "site-" + random.nextInt(1 + instances / 1_000)))
                .build());
  }

  private static GetInventoryRequest.Builder page() {
    return GetInventoryRequest.newBuilder()
        .setPageSize(100)
        .addResultAttributes(ResultAttribute.newBuilder().setTypeName(Inventory.RACK));
  }

  private static Filter filter(String key, FilterOperator operator, String value) {
    return Filter.newBuilder().setKey(key).setOperator(operator).addValues(value).build();
  }

  private void line(String what, int rounds, Supplier<GetInventoryRequest> request) {
    List<Long> nanos = new ArrayList<>();
    int found = 0;
    for (int i = -rounds / 10; i < rounds; i++) {
      GetInventoryRequest one = request.get();
      long begun = System.nanoTime();
      GetInventoryResponse answer = LargeFleet.call(service::getInventory, one);
      if (i >= 0) {
        nanos.add(System.nanoTime() - begun);
      }
      found += answer.getEntitiesCount();
    }
    if (found == 0) {
      throw new IllegalStateException("nothing was found: " + what);
    }
    Inventory.print(out, what, nanos);
  }
}

package dev.holdfast.coordinator.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Inventories;
import dev.holdfast.coordinator.testing.Estate;
import dev.holdfast.wire.ReportCodec;
import dev.holdfast.wire.v1.Filter;
import dev.holdfast.wire.v1.FilterOperator;
import dev.holdfast.wire.v1.GetInventoryRequest;
import dev.holdfast.wire.v1.GetInventoryResponse;
import dev.holdfast.wire.v1.InventoryItem;
import dev.holdfast.wire.v1.ListInventoryEntriesRequest;
import dev.holdfast.wire.v1.ListInventoryEntriesResponse;
import dev.holdfast.wire.v1.ResultAttribute;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GrpcInventoryTest {
  private static final String APPLICATION = "AWS:Application";

  @TempDir Path folder;
  private Estate estate;
  private GrpcInventory service;

  @BeforeEach
  void open() {
    estate = new Estate(folder);
    service = new GrpcInventory(new Calls(estate.store, () -> new UUID(0, 1)));
    for (int i = 1; i <= 3; i++) {
      estate.addInstance(i);
      put(i, APPLICATION, 1, List.of(Map.of("Name", "bash", "Version", "5." + i)));
      put(i, "AWS:Service", 1, List.of(Map.of("Name", "sshd")));
    }
  }

  @AfterEach
  void close() {
    estate.close();
  }

  @Test
  void wholeTypesOfAllInstances() {
    GetInventoryResponse all = get(GetInventoryRequest.newBuilder());

    assertEquals(3, all.getEntitiesCount());
    assertEquals(Set.of(APPLICATION, "AWS:Service"), all.getEntities(0).getDataMap().keySet());
    InventoryItem item = all.getEntities(1).getDataOrThrow(APPLICATION);
    assertEquals("5.2", item.getContent(0).getAttributesOrThrow("Version"));
    assertEquals("1.0", item.getSchemaVersion());
    assertEquals(Estate.revision(1, 1).hex(), item.getContentHash());
  }

  @Test
  void onlyTheTypesAndInstancesAskedFor() {
    GetInventoryResponse some =
        get(
            GetInventoryRequest.newBuilder()
                .addFilters(
                    filter("AWS:InstanceInformation.InstanceId", Estate.instance(2).value()))
                .addResultAttributes(ResultAttribute.newBuilder().setTypeName("AWS:Service")));
    assertEquals(1, some.getEntitiesCount());
    assertEquals(Set.of("AWS:Service"), some.getEntities(0).getDataMap().keySet());

    assertEquals(
        2,
        get(GetInventoryRequest.newBuilder()
                .addFilters(filter("AWS:InstanceInformation.ComputerName", "host1", "host3")))
            .getEntitiesCount());
    assertTrue(
        Answer.refusal(
                service::getInventory,
                GetInventoryRequest.newBuilder()
                    .addFilters(filter("AWS:Application.Name", "bash"))
                    .build())
            .startsWith("InvalidFilterKey"));
    assertTrue(
        Answer.refusal(
                service::getInventory,
                GetInventoryRequest.newBuilder()
                    .addResultAttributes(ResultAttribute.newBuilder().setTypeName("x"))
                    .build())
            .startsWith("InvalidResultAttribute"));
  }

  @Test
  void whoIsDeregisteredIsNotListed() {
    estate.store.write(write -> Instances.deregister(write, Estate.instance(2)));

    assertEquals(2, get(GetInventoryRequest.newBuilder()).getEntitiesCount());
    assertTrue(
        Answer.refusal(service::listInventoryEntries, list(2, APPLICATION).build())
            .startsWith("InvalidInstanceId"));
  }

  @Test
  void pagesEndByCountAndBySizeAndNothingIsLost() {
    List<Map<String, String>> large =
        IntStream.range(0, 300)
            .mapToObj(i -> Map.of("Name", "n" + i, "Text", "x".repeat(2_000)))
            .toList();
    put(2, "AWS:Network", 1, large);
    put(2, "Custom:Large", 1, large);

    Set<String> seen = new TreeSet<>();
    List<Integer> sizes = new ArrayList<>();
    String token = "";
    do {
      GetInventoryResponse page =
          get(GetInventoryRequest.newBuilder().setPageSize(2).setPageToken(token));
      assertTrue(page.getEntitiesCount() <= 2);
      assertTrue(page.getSerializedSize() < 1024 * 1024);
      sizes.add(page.getEntitiesCount());
      page.getEntitiesList()
          .forEach(
              entity ->
                  entity
                      .getDataMap()
                      .keySet()
                      .forEach(type -> assertTrue(seen.add(entity.getId() + type))));
      token = page.getNextPageToken();
    } while (!token.isEmpty());

    assertEquals(8, seen.size());
    assertEquals(List.of(2, 2), sizes, "the second instance goes on in the second page");
  }

  @Test
  void entriesAreFilteredByAnyAttribute() {
    put(
        1,
        APPLICATION,
        1,
        List.of(
            Map.of("Name", "bash", "Version", "5.2"),
            Map.of("Name", "base-files", "Version", "13"),
            Map.of("Name", "zsh")));

    assertEquals(
        List.of("bash", "base-files"),
        names(
            list(1, APPLICATION)
                .addFilters(
                    filter("Name", "bas").toBuilder()
                        .setOperator(FilterOperator.FILTER_OPERATOR_BEGIN_WITH))));
    assertEquals(
        List.of("base-files"),
        names(list(1, APPLICATION).addFilters(filter("AWS:Application.Version", "13"))));
    assertEquals(
        List.of("bash", "base-files"),
        names(
            list(1, APPLICATION)
                .addFilters(
                    Filter.newBuilder()
                        .setKey("Version")
                        .setOperator(FilterOperator.FILTER_OPERATOR_EXISTS))));
  }

  @Test
  void entriesComeInPagesOfOneContent() {
    put(1, APPLICATION, 1, IntStream.range(0, 250).mapToObj(i -> Map.of("Name", "n" + i)).toList());
    List<String> seen = new ArrayList<>();
    String token = "";
    String first = "";
    do {
      ListInventoryEntriesResponse page =
          Answer.of(
              service::listInventoryEntries,
              list(1, APPLICATION).setPageSize(100).setPageToken(token).build());
      page.getEntriesList().forEach(entry -> seen.add(entry.getAttributesOrThrow("Name")));
      token = page.getNextPageToken();
      first = first.isEmpty() ? token : first;
    } while (!token.isEmpty());
    assertEquals(IntStream.range(0, 250).mapToObj(i -> "n" + i).toList(), seen);

    put(1, APPLICATION, 2, List.of());
    assertTrue(
        Answer.refusal(
                service::listInventoryEntries, list(1, APPLICATION).setPageToken(first).build())
            .startsWith("InvalidNextToken: the inventory has changed"));
  }

  @Test
  void aTypeThatIsNotKnownOfAnInstanceIsEmpty() {
    ListInventoryEntriesResponse none =
        Answer.of(service::listInventoryEntries, list(1, "Custom:Rack").build());

    assertEquals("Custom:Rack", none.getTypeName());
    assertEquals(Estate.instance(1).value(), none.getInstanceId());
    assertEquals(0, none.getEntriesCount());
    assertTrue(
        Answer.refusal(service::listInventoryEntries, list(1, "Rack").build())
            .startsWith("InvalidTypeName"));
  }

  private List<String> names(ListInventoryEntriesRequest.Builder request) {
    return Answer.of(service::listInventoryEntries, request.build()).getEntriesList().stream()
        .map(entry -> entry.getAttributesOrThrow("Name"))
        .toList();
  }

  private GetInventoryResponse get(GetInventoryRequest.Builder request) {
    return Answer.of(service::getInventory, request.build());
  }

  private static ListInventoryEntriesRequest.Builder list(int instance, String type) {
    return ListInventoryEntriesRequest.newBuilder()
        .setInstanceId(Estate.instance(instance).value())
        .setTypeName(type);
  }

  private static Filter filter(String key, String... values) {
    return Filter.newBuilder().setKey(key).addAllValues(List.of(values)).build();
  }

  private void put(int instance, String type, int version, List<Map<String, String>> items) {
    InstanceId id = Estate.instance(instance);
    estate.store.write(
        write -> {
          Inventories.put(
              write,
              new Inventories.Inventory(
                  id,
                  type,
                  "1.0",
                  Estate.START,
                  Estate.revision(1, version).hex(),
                  ReportCodec.pack(items)));
          return true;
        });
  }
}

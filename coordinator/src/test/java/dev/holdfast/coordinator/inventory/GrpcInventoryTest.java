package dev.holdfast.coordinator.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Timestamp;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.Answer;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.testing.AsAdmin;
import dev.holdfast.coordinator.testing.Estate;
import dev.holdfast.inventory.Items;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.Filter;
import dev.holdfast.wire.v1.FilterOperator;
import dev.holdfast.wire.v1.GetInventoryChangesRequest;
import dev.holdfast.wire.v1.GetInventoryRequest;
import dev.holdfast.wire.v1.GetInventorySchemaRequest;
import dev.holdfast.wire.v1.InventoryAggregator;
import dev.holdfast.wire.v1.InventoryAttribute;
import dev.holdfast.wire.v1.InventoryChange;
import dev.holdfast.wire.v1.InventoryEntry;
import dev.holdfast.wire.v1.InventoryGroup;
import dev.holdfast.wire.v1.InventoryItem;
import dev.holdfast.wire.v1.InventorySchema;
import dev.holdfast.wire.v1.ListInventoryEntriesRequest;
import dev.holdfast.wire.v1.ListInventoryEntriesResponse;
import dev.holdfast.wire.v1.PutInventoryRequest;
import dev.holdfast.wire.v1.ResultAttribute;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(AsAdmin.class)
final class GrpcInventoryTest {
  @TempDir Path folder;
  private Shop shop;
  private InstanceId id;

  @BeforeEach
  void open() {
    shop = new Shop(folder);
    id = shop.add(1, "Debian GNU/Linux");
  }

  @AfterEach
  void close() {
    shop.close();
  }

  @Test
  void entriesAreFilteredByAnyAttribute() {
    shop.put(
        id,
        Shop.APPLICATION,
        List.of(
            Map.of("Name", "bash", "Version", "5.2", "InstalledTime", "2026-01-02T00:00:00Z"),
            Map.of("Name", "base-files", "Version", "13"),
            Map.of("Name", "zsh")));

    assertEquals(
        List.of("bash", "base-files"),
        names(list().addFilters(filter("Name", FilterOperator.FILTER_OPERATOR_BEGIN_WITH, "bas"))));
    assertEquals(
        List.of("base-files"),
        names(
            list()
                .addFilters(
                    filter(
                        "AWS:Application.Version", FilterOperator.FILTER_OPERATOR_EQUAL, "13"))));
    assertEquals(
        List.of("bash"),
        names(
            list()
                .addFilters(filter("Version", FilterOperator.FILTER_OPERATOR_LESS_THAN, "5.10"))));
    assertEquals(
        List.of("bash"),
        names(
            list()
                .addFilters(
                    filter(
                        "InstalledTime",
                        FilterOperator.FILTER_OPERATOR_GREATER_THAN,
                        "2026-01-01"))));
    assertEquals(
        List.of("bash", "base-files"),
        names(list().addFilters(filter("Version", FilterOperator.FILTER_OPERATOR_EXISTS))));
  }

  @Test
  void entriesComeInPagesOfOneContent() {
    shop.put(
        id,
        Shop.APPLICATION,
        IntStream.range(0, 250).mapToObj(i -> Map.of("Name", "n" + i)).toList());
    List<String> seen = new ArrayList<>();
    String token = "";
    String first = "";
    do {
      ListInventoryEntriesResponse page =
          Answer.of(
              shop.service::listInventoryEntries,
              list().setPageSize(100).setPageToken(token).build());
      page.getEntriesList().forEach(entry -> seen.add(entry.getAttributesOrThrow("Name")));
      token = page.getNextPageToken();
      first = first.isEmpty() ? token : first;
    } while (!token.isEmpty());
    assertEquals(IntStream.range(0, 250).mapToObj(i -> "n" + i).toList(), seen);

    shop.put(id, Shop.APPLICATION, List.of());
    assertTrue(
        Answer.refusal(shop.service::listInventoryEntries, list().setPageToken(first).build())
            .startsWith("InvalidNextToken: the inventory has changed"));
  }

  @Test
  void aTypeThatIsNotKnownOfAnInstanceIsEmpty() {
    ListInventoryEntriesResponse none =
        Answer.of(shop.service::listInventoryEntries, list().setTypeName("Custom:Rack").build());

    assertEquals("Custom:Rack", none.getTypeName());
    assertEquals(id.value(), none.getInstanceId());
    assertEquals(0, none.getEntriesCount());
    assertTrue(
        Answer.refusal(shop.service::listInventoryEntries, list().setTypeName("Rack").build())
            .startsWith("InvalidTypeName"));
    shop.estate.store.write(write -> Instances.deregister(write, id));
    assertTrue(
        Answer.refusal(shop.service::listInventoryEntries, list().build())
            .startsWith("InvalidInstanceId"));
  }

  @Test
  void whatIsWrongWithAQueryIsNamedAsSsmNamesIt() {
    refused(
        "InvalidFilter",
        r -> r.addFilters(filter("Name", FilterOperator.FILTER_OPERATOR_EQUAL, "x")));
    refused("InvalidFilter", r -> r.addFilters(Filter.newBuilder().setKey("AWS:Application.Name")));
    refused(
        "InvalidFilter",
        r ->
            r.addFilters(
                filter("AWS:Application.Name", FilterOperator.FILTER_OPERATOR_EXISTS, "true")));
    refused(
        "InvalidFilter",
        r ->
            r.addFilters(
                filter(
                    "AWS:InstanceInformation.Colour", FilterOperator.FILTER_OPERATOR_EQUAL, "x")));
    refused(
        "InvalidFilter",
        r -> {
          for (int i = 0; i < 6; i++) {
            r.addFilters(filter("AWS:Application.Name", FilterOperator.FILTER_OPERATOR_EQUAL, "x"));
          }
        });
    refused(
        "InvalidResultAttribute",
        r -> r.addResultAttributes(ResultAttribute.newBuilder().setTypeName("x")));
    refused("InvalidAggregator", r -> r.addAggregators(InventoryAggregator.newBuilder()));
    refused("InvalidAggregator", r -> r.addAggregators(by("Name")));
    refused("InvalidAggregator", r -> r.addAggregators(by("AWS:Application.InstalledTime")));
    refused(
        "InvalidAggregator",
        r ->
            r.addAggregators(
                by("AWS:A.a")
                    .addAggregators(
                        by("AWS:A.b")
                            .addAggregators(by("AWS:A.c").addAggregators(by("AWS:A.d"))))));
    refused(
        "InvalidFilter",
        r ->
            r.addFilters(
                    filter(
                        "AWS:Application.InstalledTime",
                        FilterOperator.FILTER_OPERATOR_GREATER_THAN,
                        "2026"))
                .addAggregators(by("AWS:Application.Name")));
    refused(
        "InvalidInventoryGroup",
        r ->
            r.addAggregators(
                InventoryAggregator.newBuilder()
                    .addGroups(InventoryGroup.newBuilder().setName("empty"))));
    refused("InvalidNextToken", r -> r.setPageToken("x"));
    refused("ValidationError", r -> r.setPageSize(101));
  }

  @Test
  void asManyAggregatorsWithinEachOtherAsAreAllowedAreAnswered() {
    shop.put(
        shop.add(2, ""),
        Shop.APPLICATION,
        List.of(Map.of("Name", "a", "Version", "1", "Architecture", "amd64")));

    var answer =
        Answer.of(
            shop.service::getInventory,
            GetInventoryRequest.newBuilder()
                .addAggregators(
                    by("AWS:Application.Name")
                        .addAggregators(
                            by("AWS:Application.Version")
                                .addAggregators(by("AWS:Application.Architecture"))))
                .build());

    assertEquals(
        Map.of("Name", "a", "Version", "1", "Architecture", "amd64", "Count", "1"),
        answer.getEntities(0).getDataOrThrow("AWS:Application").getContent(0).getAttributesMap());
  }

  @Test
  void whatIsTooLongIsRefusedByItsLimit() {
    String expression =
        Answer.refusal(
            shop.service::getInventory,
            GetInventoryRequest.newBuilder().addAggregators(by("x".repeat(1_001))).build());
    String type =
        Answer.refusal(
            shop.service::listInventoryEntries,
            list().setTypeName("Custom:" + "a".repeat(47) + ":" + "b".repeat(46)).build());

    assertTrue(expression.contains("has 1001 characters; at most 1000 are allowed"), expression);
    assertTrue(type.contains("of at most 100 characters"), type);
  }

  @Test
  void countsComeInPagesTheMostFrequentFirst() {
    for (int i = 2; i <= 5; i++) {
      shop.put(
          shop.add(i, ""),
          Shop.APPLICATION,
          IntStream.range(0, i).mapToObj(n -> Map.of("Name", "n" + n)).toList());
    }
    List<String> rows = new ArrayList<>();
    String token = "";
    do {
      var page =
          Answer.of(
              shop.service::getInventory,
              GetInventoryRequest.newBuilder()
                  .addAggregators(by("AWS:Application.Name"))
                  .setPageSize(2)
                  .setPageToken(token)
                  .build());
      page.getEntities(0)
          .getDataOrThrow("AWS:Application")
          .getContentList()
          .forEach(
              row ->
                  rows.add(
                      row.getAttributesOrThrow("Name") + "=" + row.getAttributesOrThrow("Count")));
      token = page.getNextPageToken();
    } while (!token.isEmpty());

    assertEquals(List.of("n0=4", "n1=4", "n2=3", "n3=2", "n4=1"), rows);
  }

  @Test
  void changesAreToldOldestFirstOfAnInstanceOrOfAll() {
    InstanceId other = shop.add(2, "");
    List<Map<String, String>> first =
        List.of(Map.of("Name", "a", "Version", "1"), Map.of("Name", "b", "Version", "1"));
    List<Map<String, String>> second =
        List.of(
            Map.of("Name", "a", "Version", "2", "InstalledTime", "2026-11-24T12:30:00Z"),
            Map.of("Name", "c", "Version", "1"));
    shop.put(id, Shop.APPLICATION, first);
    shop.put(other, Shop.RACK, List.of(Map.of("Rack", "1")));
    shop.estate.timers.advance(Duration.ofHours(1));
    shop.move(id, Shop.APPLICATION, first, second);
    shop.estate.timers.advance(Duration.ofHours(1));
    shop.put(other, Shop.RACK, List.of(Map.of("Rack", "2")));

    assertEquals(List.of("CHANGED a", "ADDED c", "REMOVED b", "CHANGED 1"), told(changes()));
    assertEquals(
        List.of("CHANGED 1"), told(changes().setInstanceId(other.value()).setTypeName(Shop.RACK)));
    assertEquals(List.of(), told(changes().setInstanceId(other.value()).setTypeName("AWS:A")));
    Timestamp later = Times.toProto(Estate.START.plus(Duration.ofMinutes(90)));
    assertEquals(List.of("CHANGED 1"), told(changes().setStartTime(later)));
    assertEquals(3, told(changes().setEndTime(later)).size());
    InventoryChange change =
        Answer.of(shop.service::getInventoryChanges, changes().build()).getChanges(0);
    assertEquals(first.getFirst(), change.getBefore().getAttributesMap());
    assertEquals(second.getFirst(), change.getAfter().getAttributesMap());
    assertEquals(Times.toProto(Estate.START.plus(Duration.ofHours(1))), change.getTime());
    assertTrue(
        Answer.refusal(
                shop.service::getInventoryChanges,
                changes().setStartTime(later).setEndTime(later).build())
            .startsWith("ValidationError"));
    assertTrue(
        Answer.refusal(shop.service::getInventoryChanges, changes().setInstanceId("x").build())
            .startsWith("InvalidInstanceId"));
    assertTrue(
        Answer.refusal(shop.service::getInventoryChanges, changes().setTypeName("x").build())
            .startsWith("InvalidTypeName"));
  }

  @Test
  void changesComeInPages() {
    List<Map<String, String>> many =
        IntStream.range(0, 7).mapToObj(i -> Map.of("Name", "n" + i)).toList();
    shop.put(id, Shop.APPLICATION, List.of());
    shop.put(id, Shop.APPLICATION, many);
    for (GetInventoryChangesRequest.Builder request :
        List.of(changes(), changes().setInstanceId(id.value()))) {
      List<String> all = new ArrayList<>();
      String token = "";
      do {
        var page =
            Answer.of(
                shop.service::getInventoryChanges,
                request.setPageSize(3).setPageToken(token).build());
        page.getChangesList().forEach(change -> all.add(told(change)));
        token = page.getNextPageToken();
      } while (!token.isEmpty());
      assertEquals(7, all.size());
      assertEquals(7, all.stream().distinct().count());
    }
  }

  @Test
  void customTypesArePutAndRefreshed() {
    List<Map<String, String>> items = List.of(Map.of("Rack", "1"));
    InventoryItem item = item(Shop.RACK, items);

    var put = Answer.of(Shop.asAdmin(shop.service::putInventory), request(item).build());

    assertEquals(Items.hash(items), put.getItems(0).getContentHash());
    assertEquals(Optional.of(items), shop.stored(id, Shop.RACK));
    InventoryItem same =
        item.toBuilder()
            .clearContent()
            .setContentHash(Items.hash(items))
            .setCaptureTime(Times.toProto(Estate.START.plusSeconds(9)))
            .build();
    Answer.of(Shop.asAdmin(shop.service::putInventory), request(same).build());
    assertEquals(
        same.getCaptureTime(),
        Answer.of(shop.service::listInventoryEntries, list().setTypeName(Shop.RACK).build())
            .getCaptureTime());
    assertEquals(Optional.of(items), shop.stored(id, Shop.RACK));
    assertEquals(2, shop.estate.rows("SELECT id FROM audit WHERE method = 'PutInventory'").size());
  }

  @Test
  void whatCantBePutIsNamedAsSsmNamesItAndNothingIsStored() {
    InventoryItem item = item(Shop.RACK, List.of(Map.of("Rack", "1")));
    putRefused("InvalidInventoryRequest", request());
    putRefused("InvalidTypeName", request(item(Shop.APPLICATION, List.of())));
    putRefused("InvalidTypeName", request(item("Host:Port", List.of())));
    putRefused("InvalidTypeName", request(item("x", List.of())));
    putRefused("InvalidTypeName", request(item, item));
    putRefused("InvalidInstanceId", request(item).setInstanceId("mi-00000000000000099"));
    putRefused(
        "UnsupportedInventorySchemaVersion",
        request(item, item("Custom:B", List.of()).toBuilder().setSchemaVersion("x").build()));
    putRefused(
        "ItemContentMismatch",
        request(item.toBuilder().clearContent().setContentHash(Items.hash(List.of())).build()));
    putRefused(
        "InvalidItemContent",
        request(item.toBuilder().setContentHash(Items.hash(List.of())).build()));
    putRefused(
        "InvalidItemContent", request(item(Shop.RACK, List.of(Map.of("a", "x".repeat(4_097))))));
    List<Map<String, String>> large =
        IntStream.range(0, 300)
            .mapToObj(i -> Map.of("n", Integer.toString(i), "a", "x".repeat(4_000)))
            .toList();
    putRefused("ItemSizeLimitExceeded", request(item(Shop.RACK, large)));
    assertEquals(Optional.empty(), shop.stored(id, Shop.RACK));
    for (int i = 0; i < 20; i++) {
      shop.put(id, "Custom:T" + i, List.of());
    }
    putRefused("CustomSchemaCountLimitExceeded", request(item));
  }

  @Test
  void schemasTellAttributesAndWhichCanBeCounted() {
    shop.put(id, Shop.RACK, List.of(Map.of("Rack", "1"), Map.of("Site", "2")));

    assertEquals(List.of("Rack:string", "Site:string"), attributes(Shop.RACK, false));
    assertTrue(attributes(Shop.APPLICATION, false).contains("InstalledTime:string"));
    assertTrue(!attributes(Shop.APPLICATION, true).contains("InstalledTime:string"));
    assertTrue(attributes("AWS:File", false).contains("Size:number"));
    assertEquals(
        List.of("AWS:WindowsRegistry", "AWS:WindowsRole", "AWS:WindowsUpdate"),
        schemas("AWS:Windows", false).stream().map(InventorySchema::getTypeName).toList());
    assertTrue(schemas("", false).size() > 10);
    assertEquals(List.of(), schemas("Custom:Nobody", false));
  }

  private List<InventorySchema> schemas(String type, boolean aggregator) {
    return Answer.of(
            shop.service::getInventorySchema,
            GetInventorySchemaRequest.newBuilder()
                .setTypeName(type)
                .setAggregator(aggregator)
                .build())
        .getSchemasList();
  }

  private List<String> attributes(String type, boolean aggregator) {
    return schemas(type, aggregator).getFirst().getAttributesList().stream()
        .map((InventoryAttribute one) -> one.getName() + ":" + one.getDataType())
        .toList();
  }

  private void refused(String reason, Consumer<GetInventoryRequest.Builder> with) {
    GetInventoryRequest.Builder request = GetInventoryRequest.newBuilder();
    with.accept(request);
    String refusal = Answer.refusal(shop.service::getInventory, request.build());
    assertTrue(refusal.startsWith(reason + ":"), reason + " but was " + refusal);
  }

  private void putRefused(String reason, PutInventoryRequest.Builder request) {
    String refusal = Answer.refusal(Shop.asAdmin(shop.service::putInventory), request.build());
    assertTrue(refusal.startsWith(reason + ":"), reason + " but was " + refusal);
  }

  private PutInventoryRequest.Builder request(InventoryItem... items) {
    return PutInventoryRequest.newBuilder().setInstanceId(id.value()).addAllItems(List.of(items));
  }

  private static InventoryItem item(String type, List<Map<String, String>> items) {
    InventoryItem.Builder item =
        InventoryItem.newBuilder()
            .setTypeName(type)
            .setSchemaVersion("1.0")
            .setCaptureTime(Times.toProto(Estate.START));
    items.forEach(
        attributes -> item.addContent(InventoryEntry.newBuilder().putAllAttributes(attributes)));
    return item.build();
  }

  private static InventoryAggregator.Builder by(String expression) {
    return InventoryAggregator.newBuilder().setExpression(expression);
  }

  private static GetInventoryChangesRequest.Builder changes() {
    return GetInventoryChangesRequest.newBuilder();
  }

  private List<String> told(GetInventoryChangesRequest.Builder request) {
    return Answer.of(shop.service::getInventoryChanges, request.build()).getChangesList().stream()
        .map(GrpcInventoryTest::told)
        .toList();
  }

  private static String told(InventoryChange change) {
    Map<String, String> item =
        (change.hasBefore() ? change.getBefore() : change.getAfter()).getAttributesMap();
    return change.getKind().name().substring("INVENTORY_CHANGE_KIND_".length())
        + " "
        + item.getOrDefault("Name", item.get("Rack"));
  }

  private List<String> names(ListInventoryEntriesRequest.Builder request) {
    return Answer.of(shop.service::listInventoryEntries, request.build()).getEntriesList().stream()
        .map(entry -> entry.getAttributesOrThrow("Name"))
        .toList();
  }

  private ListInventoryEntriesRequest.Builder list() {
    return ListInventoryEntriesRequest.newBuilder()
        .setInstanceId(id.value())
        .setTypeName(Shop.APPLICATION);
  }

  private static Filter filter(String key, FilterOperator operator, String... values) {
    return Filter.newBuilder()
        .setKey(key)
        .setOperator(operator)
        .addAllValues(List.of(values))
        .build();
  }
}

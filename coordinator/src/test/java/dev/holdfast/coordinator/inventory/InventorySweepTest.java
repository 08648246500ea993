package dev.holdfast.coordinator.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.Answer;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.testing.AsAdmin;
import dev.holdfast.coordinator.testing.Estate;
import dev.holdfast.task.InventoryLimits;
import dev.holdfast.wire.v1.DeleteInventoryRequest;
import dev.holdfast.wire.v1.DeleteInventoryResponse;
import dev.holdfast.wire.v1.DescribeInventoryDeletionsRequest;
import dev.holdfast.wire.v1.InventoryDeletion;
import dev.holdfast.wire.v1.InventoryDeletionStatus;
import dev.holdfast.wire.v1.SchemaDeleteOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(AsAdmin.class)
final class InventorySweepTest {
  @TempDir Path folder;
  private Shop shop;

  @BeforeEach
  void open() {
    shop = new Shop(folder);
    shop.sweep.start();
  }

  @AfterEach
  void close() {
    shop.close();
  }

  @Test
  void anItemThatNobodyHasIsKeptWhileAChangeNamesItAndThenDeleted() {
    InstanceId id = shop.add(1, "");
    List<Map<String, String>> first = List.of(Map.of("Name", "a"));
    List<Map<String, String>> second = List.of(Map.of("Name", "b"));
    shop.put(id, Shop.APPLICATION, first);
    shop.move(id, Shop.APPLICATION, first, second);

    advance(InventoryLimits.CHANGES_KEPT.minusDays(1));
    assertEquals(2, count("inventory_item"));
    assertEquals(2, count("inventory_change"), "an addition and a removal");

    advance(Duration.ofDays(2));
    assertEquals(0, count("inventory_change"));
    assertEquals(1, count("inventory_item"));
    assertEquals(Optional.of(second), shop.stored(id, Shop.APPLICATION));
  }

  @Test
  void anItemThatCameBackStays() {
    InstanceId id = shop.add(1, "");
    List<Map<String, String>> first = List.of(Map.of("Name", "a"));
    shop.put(id, Shop.APPLICATION, first);
    shop.move(id, Shop.APPLICATION, first, List.of());
    advance(Duration.ofDays(50));
    shop.move(id, Shop.APPLICATION, List.of(), first);
    shop.move(id, Shop.APPLICATION, first, List.of());
    advance(Duration.ofDays(60));

    assertEquals(2, count("inventory_change"), "the last two are not old enough");
    assertEquals(1, count("inventory_item"));
    advance(Duration.ofDays(60));
    assertEquals(0, count("inventory_item"));
  }

  @Test
  void whoIsDeregisteredIsNotCountedAnyMoreAndItsRowsGo() {
    InstanceId id = shop.add(1, "");
    InstanceId other = shop.add(2, "");
    shop.put(id, Shop.APPLICATION, List.of(Map.of("Name", "a")));
    shop.put(id, Shop.APPLICATION, List.of(Map.of("Name", "b")));
    shop.put(other, Shop.APPLICATION, List.of(Map.of("Name", "b")));
    shop.estate.store.write(write -> Instances.deregister(write, id));

    advance(InventoryLimits.SWEEP.plusSeconds(1));

    assertEquals(1, count("inventory"));
    assertEquals(0, count("inventory_change"));
    assertEquals(0, count("inventory_leaving"));
    assertEquals(new Stock.Size(1, 1), shop.desk.stock().size());
    assertEquals(shop.recounted(), shop.indexed());
  }

  @Test
  void changesOfAnInstanceAreBoundedByTheirCount() {
    InstanceId id = shop.add(1, "");
    List<Map<String, String>> none = List.of();
    List<Map<String, String>> many = new ArrayList<>();
    for (int i = 0; i < 6_000; i++) {
      many.add(Map.of("Name", "n" + i));
    }
    shop.put(id, Shop.APPLICATION, none);
    shop.put(id, Shop.APPLICATION, many);
    assertEquals(6_000, count("inventory_change"));

    shop.put(id, Shop.APPLICATION, none);

    assertEquals(InventoryLimits.MAX_CHANGES, count("inventory_change"));
    assertEquals(
        6_000,
        count("inventory_change WHERE after_item IS NULL"),
        "the newest are those that are kept");
  }

  @Test
  void aCustomTypeIsDeletedInBatchesAndTheProgressIsTold() {
    int instances = InventoryLimits.ROWS_SWEPT_AT_ONCE + 50;
    for (int i = 0; i < instances; i++) {
      shop.put(shop.add(i, ""), Shop.RACK, List.of(Map.of("Rack", Integer.toString(i % 7))));
    }
    shop.put(Estate.instance(1), "Custom:Other", List.of(Map.of("Rack", "1")));

    DeleteInventoryResponse dry = delete(request().setDryRun(true));
    assertEquals(instances, dry.getDeletionSummary().getRemainingCount());
    assertEquals("", dry.getDeletionId());
    assertEquals(0, count("inventory_deletion"));

    DeleteInventoryResponse begun = delete(request().setClientToken("once"));
    assertEquals(begun, delete(request().setClientToken("once")));
    assertEquals(
        InventoryDeletionStatus.INVENTORY_DELETION_STATUS_IN_PROGRESS, told(begun).getLastStatus());
    assertEquals(instances, told(begun).getDeletionSummary().getRemainingCount());

    shop.estate.timers.advance(Duration.ofSeconds(1));
    InventoryDeletion done = told(begun);
    assertEquals(InventoryDeletionStatus.INVENTORY_DELETION_STATUS_COMPLETE, done.getLastStatus());
    assertEquals(0, done.getDeletionSummary().getRemainingCount());
    assertEquals(instances, done.getDeletionSummary().getTotalCount());
    assertEquals("1.0", done.getDeletionSummary().getSummaryItems(0).getVersion());
    assertEquals(1, count("inventory"));
    assertEquals(shop.recounted(), shop.indexed());
    assertEquals(0, count("inventory_change"), "that is no change of an instance");

    advance(InventoryLimits.DELETIONS_KEPT.plusDays(1));
    assertEquals(0, count("inventory_deletion"));
  }

  @Test
  void aDisabledSchemaTakesNothingUntilAHigherVersionComes() {
    InstanceId id = shop.add(1, "");
    List<Map<String, String>> items = List.of(Map.of("Rack", "1"));
    shop.put(id, Shop.RACK, items);
    delete(request().setSchemaDeleteOption(SchemaDeleteOption.SCHEMA_DELETE_OPTION_DISABLE_SCHEMA));
    shop.estate.timers.advance(Duration.ofSeconds(1));

    assertEquals(new InventoryDesk.Outcome.Stored(), shop.put(id, Shop.RACK, items));
    assertEquals(new InventoryDesk.Outcome.Stored(), shop.move(id, Shop.RACK, items, List.of()));
    assertEquals(Optional.empty(), shop.stored(id, Shop.RACK));

    shop.estate.store.write(
        write ->
            shop.desk.whole(
                write,
                id,
                new dev.holdfast.report.Report.Inventory(
                    Shop.RACK,
                    "1.1",
                    Estate.START,
                    dev.holdfast.inventory.Items.hash(items),
                    items)));
    assertEquals(Optional.of(items), shop.stored(id, Shop.RACK));
    assertEquals(new InventoryDesk.Outcome.Stored(), shop.put(id, Shop.RACK, List.of()));
    assertEquals(Optional.of(List.of()), shop.stored(id, Shop.RACK));
  }

  @Test
  void aDeletedSchemaBeginsAnew() {
    InstanceId id = shop.add(1, "");
    List<Map<String, String>> items = List.of(Map.of("Rack", "1"));
    shop.put(id, Shop.RACK, items);
    delete(request().setSchemaDeleteOption(SchemaDeleteOption.SCHEMA_DELETE_OPTION_DISABLE_SCHEMA));
    delete(request().setSchemaDeleteOption(SchemaDeleteOption.SCHEMA_DELETE_OPTION_DELETE_SCHEMA));
    shop.estate.timers.advance(Duration.ofSeconds(1));
    assertEquals(Optional.empty(), shop.stored(id, Shop.RACK));

    shop.put(id, Shop.RACK, items);

    assertEquals(Optional.of(items), shop.stored(id, Shop.RACK));
  }

  @Test
  void whatCantBeDeletedIsRefused() {
    assertTrue(refusal(request()).startsWith("InvalidTypeName: no instance has"));
    assertTrue(refusal(request().setTypeName(Shop.APPLICATION)).startsWith("InvalidTypeName"));
    assertTrue(refusal(request().setTypeName("x")).startsWith("InvalidTypeName"));
    assertTrue(refusal(request().setSchemaDeleteOptionValue(7)).startsWith("InvalidOption"));
    assertTrue(
        Answer.refusal(
                shop.service::describeInventoryDeletions,
                DescribeInventoryDeletionsRequest.newBuilder().setDeletionId("x").build())
            .startsWith("InvalidDeletionId"));
  }

  private static DeleteInventoryRequest.Builder request() {
    return DeleteInventoryRequest.newBuilder().setTypeName(Shop.RACK);
  }

  private DeleteInventoryResponse delete(DeleteInventoryRequest.Builder request) {
    return Answer.of(Shop.asAdmin(shop.service::deleteInventory), request.build());
  }

  private String refusal(DeleteInventoryRequest.Builder request) {
    return Answer.refusal(Shop.asAdmin(shop.service::deleteInventory), request.build());
  }

  private InventoryDeletion told(DeleteInventoryResponse begun) {
    return Answer.of(
            shop.service::describeInventoryDeletions,
            DescribeInventoryDeletionsRequest.newBuilder()
                .setDeletionId(begun.getDeletionId())
                .build())
        .getInventoryDeletions(0);
  }

  private void advance(Duration time) {
    shop.estate.timers.advance(time);
  }

  private int count(String table) {
    return Integer.parseInt(shop.estate.rows("SELECT COUNT(*) FROM " + table).getFirst());
  }
}

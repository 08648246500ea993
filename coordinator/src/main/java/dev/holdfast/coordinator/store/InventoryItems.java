package dev.holdfast.coordinator.store;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.PreparedBatch;

/** The distinct items of inventory, each once for all instances, by number. */
public final class InventoryItems {
  /** Numbers in one question. */
  private static final int NUMBERS_AT_ONCE = 500;

  private static final RowMapper<Item> ROW =
      (row, context) ->
          new Item(
              row.getInt("number"),
              row.getString("type"),
              row.getString("version_order"),
              row.getBytes("attributes"));

  private InventoryItems() {}

  /**
   * An item.
   *
   * @param versionOrder whose rule its versions follow
   * @param attributes by name, each text after its length; not to be changed
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Item(int number, String type, String versionOrder, byte[] attributes) {}

  /** The number of an item; empty if it is not stored. */
  public static OptionalInt number(Read read, String type, String versionOrder, byte[] sha256) {
    return read.handle()
        .createQuery(
            "SELECT number FROM inventory_item WHERE sha256 = :sha AND type = :type AND"
                + " version_order = :order")
        .bind("sha", sha256)
        .bind("type", type)
        .bind("order", versionOrder)
        .mapTo(Integer.class)
        .findOne()
        .map(OptionalInt::of)
        .orElse(OptionalInt.empty());
  }

  /** Adds an item that is not there yet; its number. */
  public static int add(
      Write write, String type, String versionOrder, byte[] sha256, byte[] attributes) {
    return write
        .handle()
        .createQuery(
            "INSERT INTO inventory_item (type, version_order, sha256, attributes) VALUES (:type,"
                + " :order, :sha, :attributes) RETURNING number")
        .bind("type", type)
        .bind("order", versionOrder)
        .bind("sha", sha256)
        .bind("attributes", attributes)
        .mapTo(Integer.class)
        .one();
  }

  /** The attributes of items, by number; a number that is not there is not in it. */
  public static Map<Integer, byte[]> attributes(Read read, Collection<Integer> numbers) {
    Map<Integer, byte[]> found = HashMap.newHashMap(numbers.size());
    List<Integer> all = numbers.stream().distinct().sorted().toList();
    for (int from = 0; from < all.size(); from += NUMBERS_AT_ONCE) {
      read.handle()
          .createQuery("SELECT number, attributes FROM inventory_item WHERE number IN (<numbers>)")
          .bindList("numbers", all.subList(from, Math.min(all.size(), from + NUMBERS_AT_ONCE)))
          .map((row, context) -> Map.entry(row.getInt(1), row.getBytes(2)))
          .forEach(item -> found.put(item.getKey(), item.getValue()));
    }
    return found;
  }

  /** Hands over every item. */
  public static void all(Read read, Consumer<Item> each) {
    read.handle()
        .createQuery("SELECT number, type, version_order, attributes FROM inventory_item")
        .map(ROW)
        .useStream(items -> items.forEach(each));
  }

  /** Numbers of items that are not noted as unheld, in their order, after one. */
  public static List<Integer> numbers(Read read, int after, int atMost) {
    return read.handle()
        .createQuery(
            "SELECT number FROM inventory_item WHERE number > :after AND unheld IS NULL ORDER BY"
                + " number LIMIT :limit")
        .bind("after", after)
        .bind("limit", atMost)
        .mapTo(Integer.class)
        .list();
  }

  /** Notes that nobody has these now; those that were noted before keep their time. */
  public static void unheld(Write write, Collection<Integer> numbers) {
    each(
        write,
        "UPDATE inventory_item SET unheld = " + write.now().toEpochMilli(),
        "unheld IS NULL",
        numbers);
  }

  /** Numbers of items that nobody had at a time. */
  public static List<Integer> unheldBefore(Read read, Instant time, int atMost) {
    return read.handle()
        .createQuery(
            "SELECT number FROM inventory_item WHERE unheld IS NOT NULL AND unheld < :time ORDER BY"
                + " unheld LIMIT :limit")
        .bind("time", time.toEpochMilli())
        .bind("limit", atMost)
        .mapTo(Integer.class)
        .list();
  }

  /** These are held again. */
  public static void held(Write write, Collection<Integer> numbers) {
    each(write, "UPDATE inventory_item SET unheld = NULL", "unheld IS NOT NULL", numbers);
  }

  /** Deletes items. */
  public static void delete(Write write, Collection<Integer> numbers) {
    each(write, "DELETE FROM inventory_item", "TRUE", numbers);
  }

  private static void each(Write write, String what, String where, Collection<Integer> numbers) {
    if (numbers.isEmpty()) {
      return;
    }
    PreparedBatch batch =
        write.handle().prepareBatch(what + " WHERE number = :number AND " + where);
    numbers.forEach(number -> batch.bind("number", number).add());
    batch.execute();
  }
}

package dev.holdfast.coordinator.store;

import dev.holdfast.association.InstanceId;
import dev.holdfast.compliance.Severity;
import dev.holdfast.compliance.Status;
import dev.holdfast.coordinator.store.Compliance.Counted;
import dev.holdfast.coordinator.store.Compliance.Item;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jdbi.v3.core.statement.Query;

/** Lists of compliance items, and their counts as they are kept. */
public final class ComplianceLists {
  /** How many items of each kind an instance has of a type: status, severity and count. */
  private static final String ITEMS =
      "(SELECT group_concat(status || ' ' || severity || ' ' || items) FROM compliance_count WHERE"
          + " compliance_count.instance_id = compliance_resource.instance_id AND"
          + " compliance_count.type = compliance_resource.type) AS items";

  private ComplianceLists() {}

  /** A place in the order of instance, type and id. */
  public record Place(String instance, String type, String id) {
    /** Before all of them. */
    public static final Place START = new Place("", "", "");
  }

  /**
   * What is asked for; an empty set asks for all.
   *
   * @param statuses of items; of instances where these are listed
   */
  public record Wanted(
      Set<String> instances,
      Set<String> types,
      Set<String> ids,
      Set<Status> statuses,
      Set<Severity> severities) {
    /** Copies. */
    public Wanted {
      instances = Set.copyOf(instances);
      types = Set.copyOf(types);
      ids = Set.copyOf(ids);
      statuses = Set.copyOf(statuses);
      severities = Set.copyOf(severities);
    }
  }

  /** How many items have a status and a severity, or how many instances. */
  public record Cell(Status status, Severity severity) {}

  /**
   * Where an instance stands in a type.
   *
   * @param items how many it has of each kind; those it has none of are left out
   * @param status one that is not compliant makes the whole so; else one that is unknown
   * @param severity the worst of those that give it its status; those that are unknown carry none
   */
  public record Resource(
      String instance, String type, Map<Cell, Integer> items, Status status, Severity severity) {
    /** Copies. */
    public Resource {
      items = Map.copyOf(items);
    }
  }

  /** How many instances stand how in a type. */
  public record Stands(String type, Status status, Severity severity, int resources) {}

  /** What an item came from. */
  public record Origin(Instant time, String id, String type) {}

  /** Items in the order of instance, type and id, after a place in that order. */
  public static List<Item> items(Read read, Place after, Wanted wanted, int atMost) {
    return bound(read, itemsQuery(wanted, read.sight().isAll()), wanted)
        .bind("instance", after.instance)
        .bind("type", after.type)
        .bind("id", after.id)
        .bind("limit", atMost)
        .map(Compliance.ROW)
        .list();
  }

  /**
   * @param indexed whether it may say by which index: a view has none
   */
  static String itemsQuery(Wanted wanted, boolean indexed) {
    List<String> conditions = new ArrayList<>();
    conditions.add("(instance_id, type, id) > (:instance, :type, :id)");
    if (!wanted.instances.isEmpty()) {
      conditions.add("instance_id IN (<instances>)");
    }
    if (!wanted.ids.isEmpty()) {
      conditions.add("id IN (<ids>)");
    }
    boolean few = !wanted.statuses.isEmpty() && !wanted.statuses.contains(Status.COMPLIANT);
    if (few) {
      conditions.add("status <> 'COMPLIANT'");
    }
    String index =
        !indexed || !wanted.instances.isEmpty()
            ? ""
            : !wanted.ids.isEmpty()
                ? " INDEXED BY compliance_item_by_id"
                : few ? " INDEXED BY compliance_item_not_compliant" : "";
    return "SELECT * FROM compliance_item"
        + index
        + where(conditions, wanted)
        + " ORDER BY instance_id, type, id LIMIT :limit";
  }

  /**
   * Where instances stand, in the order of instance and type, after a place in it.
   *
   * @param after its id does not matter
   */
  public static List<Resource> resources(Read read, Place after, Wanted wanted, int atMost) {
    return bound(read, resourcesQuery(wanted, read.sight().isAll()), wanted)
        .bind("instance", after.instance)
        .bind("type", after.type)
        .bind("limit", atMost)
        .map((row, context) -> resource(row))
        .list();
  }

  /**
   * @param indexed whether it may say by which index: a view has none
   */
  static String resourcesQuery(Wanted wanted, boolean indexed) {
    List<String> conditions = new ArrayList<>();
    conditions.add("(instance_id, type) > (:instance, :type)");
    if (!wanted.instances.isEmpty()) {
      conditions.add("instance_id IN (<instances>)");
    }
    boolean byStatus = indexed && wanted.instances.isEmpty() && wanted.statuses.size() == 1;
    return "SELECT *, "
        + ITEMS
        + " FROM compliance_resource"
        + (byStatus ? " INDEXED BY compliance_resource_by_status" : "")
        + where(conditions, wanted)
        + " ORDER BY instance_id, type LIMIT :limit";
  }

  /** Where an instance stands in a type; empty if it has no items of it. */
  public static Optional<Resource> resource(Read read, InstanceId instance, String type) {
    return read.handle()
        .createQuery(
            "SELECT *, "
                + ITEMS
                + " FROM compliance_resource WHERE instance_id = :instance AND type = :type")
        .bind("instance", instance.value())
        .bind("type", type)
        .map((row, context) -> resource(row))
        .findOne();
  }

  /** What the newest item of a type of an instance came from. */
  public static Optional<Origin> newest(Read read, String instance, String type) {
    return read.handle()
        .createQuery(
            "SELECT execution_time, execution_id, execution_type FROM compliance_item WHERE"
                + " instance_id = :instance AND type = :type ORDER BY execution_time DESC, id LIMIT"
                + " 1")
        .bind("instance", instance)
        .bind("type", type)
        .map(
            (row, context) ->
                new Origin(
                    Times.of(row, "execution_time"),
                    row.getString("execution_id"),
                    row.getString("execution_type")))
        .findOne();
  }

  /** How many instances stand how, by type. */
  public static List<Stands> stands(Read read) {
    return read.handle()
        .createQuery("SELECT * FROM compliance_type ORDER BY type, status, severity")
        .map((row, context) -> stands(row))
        .list();
  }

  /**
   * The same by some of their items only.
   *
   * @param cells the items that are left; not empty
   */
  public static List<Stands> stands(Read read, Set<Cell> cells) {
    return read.handle()
        .createQuery(
            "SELECT type, status, CASE status WHEN 'UNKNOWN' THEN 'UNSPECIFIED' ELSE severity END"
                + " AS severity, COUNT(*) AS resources FROM"
                // The other columns are those of the row with the lowest rank.
                + " (SELECT type, status, severity, MIN(rank) FROM compliance_count WHERE status ||"
                + " ' ' || severity IN (<cells>) GROUP BY instance_id, type)"
                + " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3")
        .bindList("cells", cells.stream().map(cell -> cell.status + " " + cell.severity).toList())
        .map((row, context) -> stands(row))
        .list();
  }

  /**
   * Hands over what is counted of the items with some ids, those of one instance and type together.
   *
   * @param ids of these only; empty: of all
   */
  public static void count(Read read, Set<String> ids, Consumer<Counted> each) {
    Query query =
        read.handle()
            .createQuery(
                "SELECT instance_id, type, id, status, severity FROM compliance_item"
                    + (read.sight().isAll() ? " INDEXED BY compliance_item_by_id" : "")
                    + (ids.isEmpty() ? "" : " WHERE id IN (<ids>)")
                    + " ORDER BY instance_id, type");
    if (!ids.isEmpty()) {
      query.bindList("ids", List.copyOf(ids));
    }
    query
        .map(
            (row, context) ->
                new Counted(
                    new InstanceId(row.getString("instance_id")),
                    row.getString("type"),
                    row.getString("id"),
                    Status.valueOf(row.getString("status")),
                    Severity.valueOf(row.getString("severity"))))
        .useStream(items -> items.forEach(each));
  }

  private static String where(List<String> conditions, Wanted wanted) {
    if (!wanted.types.isEmpty()) {
      conditions.add("type IN (<types>)");
    }
    if (!wanted.statuses.isEmpty()) {
      conditions.add("status IN (<statuses>)");
    }
    if (!wanted.severities.isEmpty()) {
      conditions.add("severity IN (<severities>)");
    }
    return " WHERE " + String.join(" AND ", conditions);
  }

  private static Query bound(Read read, String sql, Wanted wanted) {
    Query query = read.handle().createQuery(sql);
    Map<String, List<?>> lists = new HashMap<>();
    lists.put("instances", List.copyOf(wanted.instances));
    lists.put("types", List.copyOf(wanted.types));
    lists.put("ids", List.copyOf(wanted.ids));
    lists.put("statuses", wanted.statuses.stream().map(Enum::name).toList());
    lists.put("severities", wanted.severities.stream().map(Enum::name).toList());
    lists.forEach(
        (name, values) -> {
          if (sql.contains("<" + name + ">")) {
            query.bindList(name, values);
          }
        });
    return query;
  }

  private static Resource resource(ResultSet row) throws SQLException {
    Map<Cell, Integer> items = new HashMap<>();
    for (String kind : row.getString("items").split(",")) {
      String[] words = kind.split(" ");
      items.put(
          new Cell(Status.valueOf(words[0]), Severity.valueOf(words[1])),
          Integer.parseInt(words[2]));
    }
    return new Resource(
        row.getString("instance_id"),
        row.getString("type"),
        items,
        Status.valueOf(row.getString("status")),
        Severity.valueOf(row.getString("severity")));
  }

  private static Stands stands(ResultSet row) throws SQLException {
    return new Stands(
        row.getString("type"),
        Status.valueOf(row.getString("status")),
        Severity.valueOf(row.getString("severity")),
        row.getInt("resources"));
  }
}

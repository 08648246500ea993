package dev.holdfast.coordinator.store;

import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.compliance.Severity;
import dev.holdfast.compliance.Status;
import dev.holdfast.report.Drift;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Compliance items: a verdict on one thing on one instance. */
public final class Compliance {
  /** The type of the items of associations; their ids are those of the associations. */
  public static final String ASSOCIATION = "Association";

  /** The type of the items of {@code state:} steps; see {@link #within}. */
  public static final String STATE = "State";

  /** The type of the items of missing updates; their ids are those of the packages. */
  public static final String PATCH = "Patch";

  private static final Gson GSON = new Gson();
  private static final TypeToken<List<Drift>> DRIFT = new TypeToken<>() {};

  private static final String COLUMNS =
      "instance_id, type, id, title, status, severity, execution_time, execution_id,"
          + " execution_type, details, evidence, since, fresh_until, spool_epoch_number,"
          + " start_number, reported";

  private static final String PUT =
      "INSERT INTO compliance_item ("
          + COLUMNS
          + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
          // Not OR REPLACE: that deletes rows without telling the triggers.
          + " title = excluded.title, status = excluded.status, severity = excluded.severity,"
          + " execution_time = excluded.execution_time, execution_id = excluded.execution_id,"
          + " execution_type = excluded.execution_type, details = excluded.details, evidence ="
          + " excluded.evidence, since = excluded.since, fresh_until = excluded.fresh_until,"
          + " spool_epoch_number = excluded.spool_epoch_number, start_number ="
          + " excluded.start_number, reported = excluded.reported";

  /** Of rows that have all columns, in the order in which the table has them. */
  static final RowMapper<Item> ROW = (row, context) -> item(row);

  private static Item item(ResultSet row) throws SQLException {
    String evidence = row.getString(11);
    return new Item(
        new InstanceId(row.getString(1)),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        Status.valueOf(row.getString(5)),
        Severity.valueOf(row.getString(6)),
        Instant.ofEpochMilli(row.getLong(7)),
        row.getString(8),
        row.getString(9),
        Json.map(row.getString(10)),
        evidence.equals("[]") ? List.of() : List.copyOf(GSON.fromJson(evidence, DRIFT)),
        Instant.ofEpochMilli(row.getLong(12)),
        Times.maybe(row, 13),
        row.getLong(14),
        row.getLong(15),
        Instant.ofEpochMilli(row.getLong(16)));
  }

  private Compliance() {}

  /**
   * An item's row.
   *
   * @param executionTime when what it came from ended, by the instance's clock: a run, a scan
   * @param executionId of the run that the verdict came from, or as it was put
   * @param executionType what it came from: {@code Association}, {@code Inventory}, or as it was
   *     put
   * @param since from when the status is what it is
   * @param freshUntil past this the status is unknown; empty: never
   * @param spoolEpochNumber with {@code startNumber}: of that run, by which verdicts move forward;
   *     0 if it came from none
   * @param reported when what it came from was stored
   */
  public record Item(
      InstanceId instance,
      String type,
      String id,
      String title,
      Status status,
      Severity severity,
      Instant executionTime,
      String executionId,
      String executionType,
      Map<String, String> details,
      List<Drift> evidence,
      Instant since,
      Optional<Instant> freshUntil,
      long spoolEpochNumber,
      long startNumber,
      Instant reported) {
    /** Copies. */
    public Item {
      details = Map.copyOf(details);
      evidence = List.copyOf(evidence);
    }

    /** The same, being what it is since then. */
    public Item since(Instant then) {
      return new Item(
          instance,
          type,
          id,
          title,
          status,
          severity,
          executionTime,
          executionId,
          executionType,
          details,
          evidence,
          then,
          freshUntil,
          spoolEpochNumber,
          startNumber,
          reported);
    }

    /** Whether the other says the same, whenever it does. */
    public boolean says(Item other) {
      return title.equals(other.title)
          && status == other.status
          && severity == other.severity
          && details.equals(other.details)
          && evidence.equals(other.evidence);
    }
  }

  /** What of an item is counted. */
  public record Counted(
      InstanceId instance, String type, String id, Status status, Severity severity) {}

  /** The id of an item that is within another thing: of a step of an association. */
  public static String within(String id, String word) {
    return id + "/" + word;
  }

  /** One item. */
  public static Optional<Item> find(Read read, InstanceId instance, String type, String id) {
    return Plain.one(
        read.handle(),
        "SELECT " + COLUMNS + " FROM compliance_item WHERE instance_id = ? AND type = ? AND id = ?",
        Compliance::item,
        instance.value(),
        type,
        id);
  }

  /** All items of one type of one instance, by their ids. */
  public static List<Item> of(Read read, InstanceId instance, String type) {
    return read.handle()
        .createQuery(
            "SELECT * FROM compliance_item WHERE instance_id = :instance AND type = :type ORDER BY"
                + " id")
        .bind("instance", instance.value())
        .bind("type", type)
        .map(ROW)
        .list();
  }

  /** Those of one type of one instance that are of an association, or of something within it. */
  public static List<Item> of(
      Read read, InstanceId instance, String type, AssociationId association) {
    return read.handle()
        .createQuery(
            "SELECT * FROM compliance_item WHERE instance_id = :instance AND type = :type AND "
                + OF_ASSOCIATION
                + " ORDER BY id")
        .bind("instance", instance.value())
        .bind("type", type)
        .bind("id", association.value())
        .bind("end", end(association))
        .map(ROW)
        .list();
  }

  /** Writes an item, in place of what was there. */
  public static void put(Write write, Item item) {
    put(write, List.of(item));
  }

  /** Writes items, each in place of what was there. */
  public static void put(Write write, Collection<Item> items) {
    for (Item item : items) {
      Plain.update(
          write.handle(),
          PUT,
          item.instance.value(),
          item.type,
          item.id,
          item.title,
          item.status.name(),
          item.severity.name(),
          item.executionTime.toEpochMilli(),
          item.executionId,
          item.executionType,
          Json.write(item.details),
          GSON.toJson(item.evidence),
          item.since.toEpochMilli(),
          item.freshUntil.isPresent() ? (Long) item.freshUntil.get().toEpochMilli() : null,
          item.spoolEpochNumber,
          item.startNumber,
          item.reported.toEpochMilli());
    }
  }

  /** Items of one type of one instance are gone. */
  public static void remove(Write write, InstanceId instance, String type, Collection<String> ids) {
    if (ids.isEmpty()) {
      return;
    }
    PreparedBatch batch =
        write
            .handle()
            .prepareBatch(
                "DELETE FROM compliance_item WHERE instance_id = :instance AND type = :type AND id"
                    + " = :id");
    ids.forEach(
        id -> batch.bind("instance", instance.value()).bind("type", type).bind("id", id).add());
    batch.execute();
  }

  /** The items of all of a type of one instance were confirmed, as they are. */
  public static void confirm(
      Write write, InstanceId instance, String type, Instant executed, Instant freshUntil) {
    write
        .handle()
        .createUpdate(
            "UPDATE compliance_item SET execution_time = :executed, fresh_until = :fresh, reported"
                + " = :now WHERE instance_id = :instance AND type = :type")
        .bind("instance", instance.value())
        .bind("type", type)
        .bind("executed", executed.toEpochMilli())
        .bind("fresh", freshUntil.toEpochMilli())
        .bind("now", write.now().toEpochMilli())
        .execute();
  }

  /** What is judged of an association on one instance is gone, if there was anything. */
  public static void remove(Write write, InstanceId instance, AssociationId association) {
    write
        .handle()
        .createUpdate(
            "DELETE FROM compliance_item WHERE instance_id = :instance AND "
                + TYPES
                + " AND "
                + OF_ASSOCIATION)
        .bind("instance", instance.value())
        .bind("id", association.value())
        .bind("end", end(association))
        .execute();
    CompliancePuts.remove(write, instance, association);
  }

  /** What is judged of an association is gone, on all instances. */
  public static void removeAll(Write write, AssociationId association) {
    write
        .handle()
        .createUpdate("DELETE FROM compliance_item WHERE " + OF_ASSOCIATION + " AND " + TYPES)
        .bind("id", association.value())
        .bind("end", end(association))
        .execute();
    CompliancePuts.removeAll(write, association);
  }

  /** The items of the steps of an association are gone, on all instances, but of these. */
  public static void removeOtherSteps(
      Write write, AssociationId association, Collection<String> steps) {
    var update =
        write
            .handle()
            .createUpdate(
                "DELETE FROM compliance_item WHERE "
                    + OF_ASSOCIATION
                    + " AND type = 'State'"
                    + (steps.isEmpty() ? "" : " AND id NOT IN (<kept>)"))
            .bind("id", association.value())
            .bind("end", end(association));
    if (!steps.isEmpty()) {
      update.bindList(
          "kept", steps.stream().map(step -> within(association.value(), step)).toList());
    }
    update.execute();
  }

  /** An instance is gone, and all that was judged of it. */
  public static void forget(Write write, InstanceId instance) {
    write
        .handle()
        .createUpdate("DELETE FROM compliance_item WHERE instance_id = :instance")
        .bind("instance", instance.value())
        .execute();
    CompliancePuts.forget(write, instance);
  }

  /** Gives the items of an association its title, and those of its steps too its severity. */
  public static void rename(
      Write write, AssociationId association, String title, Severity severity) {
    write
        .handle()
        .createUpdate(
            "UPDATE compliance_item SET title = iif(type = 'State', title, :title), severity ="
                + " :severity WHERE (severity <> :severity OR (type <> 'State' AND title <>"
                + " :title)) AND "
                + OF_ASSOCIATION
                + " AND "
                + TYPES)
        .bind("id", association.value())
        .bind("end", end(association))
        .bind("title", title)
        .bind("severity", severity.name())
        .execute();
  }

  /** Sets until when the verdicts of an association and its steps are fresh, on all instances. */
  public static void freshen(Write write, AssociationId association, Optional<Instant> freshUntil) {
    write
        .handle()
        .createUpdate(
            "UPDATE compliance_item SET fresh_until = :fresh WHERE "
                + OF_ASSOCIATION
                + " AND "
                + TYPES)
        .bind("id", association.value())
        .bind("end", end(association))
        .bind("fresh", freshUntil.map(Instant::toEpochMilli).orElse(null))
        .execute();
  }

  /** Items whose status is known and that are not fresh any more, the stalest first. */
  public static List<Item> stale(Read read, Instant now, int atMost) {
    return read.handle()
        .createQuery(
            "SELECT * FROM compliance_item WHERE status <> 'UNKNOWN' AND fresh_until IS NOT NULL"
                + " AND fresh_until <= :now ORDER BY fresh_until LIMIT :limit")
        .bind("now", now.toEpochMilli())
        .bind("limit", atMost)
        .map(ROW)
        .list();
  }

  /** When the next item goes stale; empty if none ever does. */
  public static Optional<Instant> nextStale(Read read) {
    return read.handle()
        .createQuery(
            "SELECT MIN(fresh_until) AS next FROM compliance_item WHERE status <> 'UNKNOWN' AND"
                + " fresh_until IS NOT NULL")
        .map((row, context) -> Times.maybe(row, "next"))
        .one();
  }

  /** Behind the ids of all items of an association and of what is within it: / is followed by 0. */
  private static String end(AssociationId association) {
    return association.value() + "0";
  }

  private static final String OF_ASSOCIATION = "id >= :id AND id < :end";

  /** Others may call something of their own by the id of an association. */
  private static final String TYPES = "type IN ('Association', 'State')";
}

package dev.holdfast.coordinator.store;

import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.report.Drift;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jdbi.v3.core.mapper.RowMapper;

/** Compliance items: a verdict on one thing on one instance. */
public final class Compliance {
  /** The type of the items of associations; their ids are those of the associations. */
  public static final String ASSOCIATION = "Association";

  private static final Gson GSON = new Gson();
  private static final TypeToken<List<Drift>> DRIFT = new TypeToken<>() {};

  private static final RowMapper<Item> ROW =
      (row, context) ->
          new Item(
              new InstanceId(row.getString("instance_id")),
              row.getString("type"),
              row.getString("id"),
              row.getString("title"),
              Status.valueOf(row.getString("status")),
              Severity.valueOf(row.getString("severity")),
              Times.of(row, "execution_time"),
              row.getString("execution_id"),
              Json.map(row.getString("details")),
              List.copyOf(GSON.fromJson(row.getString("evidence"), DRIFT)),
              Times.of(row, "since"),
              Times.maybe(row, "fresh_until"),
              row.getLong("spool_epoch_number"),
              row.getLong("start_number"),
              Times.of(row, "reported"));

  private Compliance() {}

  /** Whether it is right. */
  public enum Status {
    /** It is. */
    COMPLIANT,
    /** It is not. */
    NON_COMPLIANT,
    /** Nobody can tell. */
    UNKNOWN
  }

  /** How much it matters, the worst first. */
  public enum Severity {
    /** SSM's own values. */
    CRITICAL,
    /** As in SSM. */
    HIGH,
    /** As in SSM. */
    MEDIUM,
    /** As in SSM. */
    LOW,
    /** As in SSM. */
    INFORMATIONAL,
    /** Nobody said. */
    UNSPECIFIED
  }

  /**
   * An item's row.
   *
   * @param executionTime when the run ended, by the instance's clock
   * @param executionId of the run that the verdict came from
   * @param since from when the status is what it is
   * @param freshUntil past this the status is unknown; empty: never
   * @param spoolEpochNumber with {@code startNumber}: of that run, by which verdicts move forward
   * @param reported when that run's end was stored
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
  }

  /** What of an item is counted. */
  public record Counted(
      InstanceId instance, String type, String id, Status status, Severity severity) {}

  /** One item. */
  public static Optional<Item> find(Read read, InstanceId instance, String type, String id) {
    return read.handle()
        .createQuery(
            "SELECT * FROM compliance_item WHERE instance_id = :instance AND type = :type AND id ="
                + " :id")
        .bind("instance", instance.value())
        .bind("type", type)
        .bind("id", id)
        .map(ROW)
        .findOne();
  }

  /** Writes an item, in place of what was there. */
  public static void put(Write write, Item item) {
    write
        .handle()
        .createUpdate(
            "INSERT OR REPLACE INTO compliance_item (instance_id, type, id, title, status,"
                + " severity, execution_time, execution_id, details, evidence, since, fresh_until,"
                + " spool_epoch_number, start_number, reported) VALUES (:instance, :type, :id,"
                + " :title, :status, :severity, :executed, :execution, :details, :evidence, :since,"
                + " :fresh, :epoch, :number, :reported)")
        .bind("instance", item.instance.value())
        .bind("type", item.type)
        .bind("id", item.id)
        .bind("title", item.title)
        .bind("status", item.status.name())
        .bind("severity", item.severity.name())
        .bind("executed", item.executionTime.toEpochMilli())
        .bind("execution", item.executionId)
        .bind("details", Json.write(item.details))
        .bind("evidence", GSON.toJson(item.evidence))
        .bind("since", item.since.toEpochMilli())
        .bind("fresh", item.freshUntil.map(Instant::toEpochMilli).orElse(null))
        .bind("epoch", item.spoolEpochNumber)
        .bind("number", item.startNumber)
        .bind("reported", item.reported.toEpochMilli())
        .execute();
  }

  /** The item of an association on one instance is gone, if there was one. */
  public static void remove(Write write, InstanceId instance, AssociationId association) {
    write
        .handle()
        .createUpdate(
            "DELETE FROM compliance_item WHERE instance_id = :instance AND type = 'Association' AND"
                + " id = :id")
        .bind("instance", instance.value())
        .bind("id", association.value())
        .execute();
  }

  /** The items of an association are gone, on all its members. */
  public static void removeAll(Write write, AssociationId association) {
    write
        .handle()
        .createUpdate("DELETE FROM compliance_item WHERE " + OF_MEMBERS)
        .bind("id", association.value())
        .execute();
  }

  /** Gives the items of an association, on all its members, its title and severity. */
  public static void rename(
      Write write, AssociationId association, String title, Severity severity) {
    write
        .handle()
        .createUpdate(
            "UPDATE compliance_item SET title = :title, severity = :severity WHERE (title <> :title"
                + " OR severity <> :severity) AND "
                + OF_MEMBERS)
        .bind("id", association.value())
        .bind("title", title)
        .bind("severity", severity.name())
        .execute();
  }

  /** Sets until when the verdicts of an association are fresh, on all its members. */
  public static void freshen(Write write, AssociationId association, Optional<Instant> freshUntil) {
    write
        .handle()
        .createUpdate("UPDATE compliance_item SET fresh_until = :fresh WHERE " + OF_MEMBERS)
        .bind("id", association.value())
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

  /**
   * Items in the order of instance, type and id, after a place in that order.
   *
   * @param after empty texts: from the first
   * @param instances only of these; empty: of all
   */
  public static List<Item> list(Read read, Place after, Set<String> instances, int atMost) {
    var query =
        read.handle()
            .createQuery(
                "SELECT * FROM compliance_item WHERE (instance_id, type, id) > (:instance, :type,"
                    + " :id)"
                    + (instances.isEmpty() ? "" : " AND instance_id IN (<instances>)")
                    + " ORDER BY instance_id, type, id LIMIT :limit")
            .bind("instance", after.instance)
            .bind("type", after.type)
            .bind("id", after.id)
            .bind("limit", atMost);
    if (!instances.isEmpty()) {
      query.bindList("instances", List.copyOf(instances));
    }
    return query.map(ROW).list();
  }

  /** A place in the order of the items. */
  public record Place(String instance, String type, String id) {
    /** Before all of them. */
    public static final Place START = new Place("", "", "");
  }

  /**
   * The instances that have items, with the types of these, in that order, after a place in it.
   *
   * @param after its id does not matter
   */
  public static List<Place> resources(Read read, Place after, int atMost) {
    return read.handle()
        .createQuery(
            "SELECT DISTINCT instance_id, type FROM compliance_item WHERE (instance_id, type) >"
                + " (:instance, :type) ORDER BY instance_id, type LIMIT :limit")
        .bind("instance", after.instance)
        .bind("type", after.type)
        .bind("limit", atMost)
        .map((row, context) -> new Place(row.getString("instance_id"), row.getString("type"), ""))
        .list();
  }

  /** All items of one type of one instance. */
  public static List<Item> of(Read read, String instance, String type) {
    return read.handle()
        .createQuery(
            "SELECT * FROM compliance_item WHERE instance_id = :instance AND type = :type ORDER BY"
                + " id")
        .bind("instance", instance)
        .bind("type", type)
        .map(ROW)
        .list();
  }

  /** Hands over what is counted of every item, those of one instance and type together. */
  public static void count(Read read, Consumer<Counted> each) {
    read.handle()
        .createQuery(
            "SELECT instance_id, type, id, status, severity FROM compliance_item ORDER BY"
                + " instance_id, type")
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

  private static final String OF_MEMBERS =
      "type = 'Association' AND id = :id AND instance_id IN (SELECT instance_id FROM membership"
          + " WHERE association_id = :id AND left_position IS NULL)";
}

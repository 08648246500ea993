package dev.holdfast.coordinator.store;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Which instances each association applied to, and when: intervals of log positions. */
public final class Memberships {
  /** Of rows that have all columns, in the order in which the table has them. */
  static final RowMapper<Membership> ROW = (row, context) -> membership(row);

  private Memberships() {}

  static Membership membership(ResultSet row) throws SQLException {
    long left = row.getLong(5);
    OptionalLong leftPosition = row.wasNull() ? OptionalLong.empty() : OptionalLong.of(left);
    return new Membership(
        new InstanceId(row.getString(1)),
        new AssociationId(row.getString(2)),
        row.getLong(3),
        Instant.ofEpochMilli(row.getLong(4)),
        leftPosition,
        Times.maybe(row, 6));
  }

  /** One interval. */
  public record Membership(
      InstanceId instance,
      AssociationId association,
      long enteredPosition,
      Instant entered,
      OptionalLong leftPosition,
      Optional<Instant> left) {

    /** Whether it covers a position. */
    public boolean covers(long position) {
      return enteredPosition <= position
          && (leftPosition.isEmpty() || leftPosition.getAsLong() > position);
    }

    /** Whether it covers an instant. */
    public boolean covers(Instant instant) {
      return !entered.isAfter(instant) && (left.isEmpty() || left.get().isAfter(instant));
    }
  }

  /** The members now. */
  public static List<Membership> members(Read read, AssociationId association) {
    return read.handle()
        .createQuery(
            "SELECT * FROM membership WHERE association_id = :id AND left_position IS NULL ORDER BY"
                + " instance_id")
        .bind("id", association.value())
        .map(ROW)
        .list();
  }

  /** All intervals of an association. */
  public static List<Membership> everOf(Read read, AssociationId association) {
    return read.handle()
        .createQuery(
            "SELECT * FROM membership WHERE association_id = :id ORDER BY instance_id,"
                + " entered_position")
        .bind("id", association.value())
        .map(ROW)
        .list();
  }

  /** What an instance is a member of now. */
  public static List<Membership> of(Read read, InstanceId instance) {
    return read.handle()
        .createQuery("SELECT * FROM membership WHERE instance_id = :id AND left_position IS NULL")
        .bind("id", instance.value())
        .map(ROW)
        .list();
  }

  /** How many members there are now. */
  public static int count(Read read, AssociationId association) {
    return read.handle()
        .createQuery(
            "SELECT COUNT(*) FROM membership WHERE association_id = :id AND left_position IS NULL")
        .bind("id", association.value())
        .mapTo(Integer.class)
        .one();
  }

  /**
   * The first member, in the order of their ids, that is a member of more associations than this;
   * empty if none is.
   */
  public static Optional<InstanceId> crowded(Read read, AssociationId association, int atMost) {
    return read.handle()
        .createQuery(
            "SELECT instance_id FROM membership WHERE left_position IS NULL AND instance_id IN"
                + " (SELECT instance_id FROM membership WHERE association_id = :id AND"
                + " left_position IS NULL) GROUP BY instance_id HAVING COUNT(*) > :most ORDER BY"
                + " instance_id LIMIT 1")
        .bind("id", association.value())
        .bind("most", atMost)
        .mapTo(String.class)
        .findOne()
        .map(InstanceId::new);
  }

  /** The instances that are members of at least so many associations, in the order of their ids. */
  public static List<InstanceId> full(Read read, int atLeast) {
    return read.handle()
        .createQuery(
            "SELECT instance_id FROM membership WHERE left_position IS NULL GROUP BY instance_id"
                + " HAVING COUNT(*) >= :atLeast ORDER BY instance_id")
        .bind("atLeast", atLeast)
        .map((row, context) -> new InstanceId(row.getString("instance_id")))
        .list();
  }

  /** How many associations an instance is a member of now. */
  public static int count(Read read, InstanceId instance) {
    return read.handle()
        .createQuery(
            "SELECT COUNT(*) FROM membership WHERE instance_id = :id AND left_position IS NULL")
        .bind("id", instance.value())
        .mapTo(Integer.class)
        .one();
  }

  /** Those who are members now, in the order of their ids; an index alone is read. */
  public static List<InstanceId> memberIds(Read read, AssociationId association) {
    return read.handle()
        .createQuery(
            "SELECT instance_id FROM membership WHERE association_id = :id AND left_position IS"
                + " NULL ORDER BY instance_id")
        .bind("id", association.value())
        .map((row, context) -> new InstanceId(row.getString(1)))
        .list();
  }

  /** All intervals of one pair. */
  public static List<Membership> between(
      Read read, InstanceId instance, AssociationId association) {
    return Plain.list(
        read.handle(),
        "SELECT * FROM membership WHERE instance_id = ? AND association_id = ? ORDER BY"
            + " entered_position",
        Memberships::membership,
        instance.value(),
        association.value());
  }

  /** How many members an instant had that had come in before it. */
  public static int count(Read read, AssociationId association, Instant at) {
    return Plain.one(
            read.handle(),
            "SELECT COUNT(DISTINCT instance_id) FROM membership WHERE association_id = ?1 AND"
                + " entered < ?2 AND (left IS NULL OR left > ?2)",
            row -> row.getInt(1),
            association.value(),
            at.toEpochMilli())
        .orElseThrow();
  }

  /** The instance comes in, by the newest event. */
  public static void enter(Write write, InstanceId instance, AssociationId association) {
    enter(write, List.of(instance), association);
  }

  /** These come in, by the newest event. */
  public static void enter(
      Write write, Collection<InstanceId> instances, AssociationId association) {
    if (instances.isEmpty()) {
      return;
    }
    PreparedBatch batch =
        write
            .handle()
            .prepareBatch(
                "INSERT INTO membership (instance_id, association_id, entered_position, entered)"
                    + " VALUES (:instance, :association, :position, :now) ON CONFLICT DO UPDATE SET"
                    + " left_position = NULL, left = NULL");
    instances.forEach(
        instance ->
            batch
                .bind("instance", instance.value())
                .bind("association", association.value())
                .bind("position", write.position())
                .bind("now", write.now().toEpochMilli())
                .add());
    batch.execute();
  }

  /**
   * The instance leaves, by the newest event; what was judged of the association there goes with
   * it.
   */
  public static void leave(Write write, InstanceId instance, AssociationId association) {
    Compliance.remove(write, instance, association);
    write
        .handle()
        .createUpdate(
            "UPDATE membership SET left_position = :position, left = :now WHERE instance_id ="
                + " :instance AND association_id = :association AND left_position IS NULL")
        .bind("instance", instance.value())
        .bind("association", association.value())
        .bind("position", write.position())
        .bind("now", write.now().toEpochMilli())
        .execute();
  }
}

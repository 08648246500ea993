package dev.holdfast.coordinator.store;

import dev.holdfast.assignment.Generation;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Executions that were kept for long enough, and what is kept for their sake: how their targets
 * ended, memberships that ended, and all of an association that is deleted but its row. That stays,
 * so that a report that comes later still is known to be late.
 */
public final class OldExecutions {
  /**
   * Reads what is old of one association. What may still start stays, what has not ended, what
   * somebody has a permit for, and the enter of a member that did not report it: if it comes back
   * it is asked anew. So does of an association that is there what tells where it stands: its
   * newest execution, the newest tick, since ticks are made from there on, and the newest change.
   */
  static final String GOING =
      "SELECT id FROM execution AS e WHERE association_id = :id AND time < :before AND created <"
          + " :before AND not_after < :now AND NOT EXISTS (SELECT 1 FROM run WHERE execution_id ="
          + " e.id AND status IN ('PENDING', 'IN_PROGRESS')) AND NOT EXISTS (SELECT 1 FROM permit"
          + " AS p WHERE p.association_id = e.association_id AND p.execution_id = e.id) AND NOT"
          + " (kind = 'ENTER' AND ended IS NULL AND EXISTS (SELECT 1 FROM membership AS m WHERE"
          + " m.association_id = e.association_id AND m.left_position IS NULL AND"
          + " m.entered_position = e.position)) AND (:over OR (id NOT IN (SELECT id FROM (SELECT id"
          + " FROM execution WHERE association_id = :id ORDER BY time DESC, position DESC LIMIT 1))"
          + " AND id NOT IN (SELECT id FROM (SELECT id FROM execution WHERE association_id = :id"
          + " AND kind = 'TICK' AND time <= :now ORDER BY time DESC LIMIT 1)) AND id NOT IN (SELECT"
          + " id FROM (SELECT id FROM execution WHERE association_id = :id AND kind = 'CHANGE'"
          + " ORDER BY position DESC LIMIT 1)))) ORDER BY time LIMIT :limit";

  private static final String ENDED =
      " FROM membership WHERE association_id = :id AND left_position IS NOT NULL AND"
          + " membership.left < :before";

  /** Tables that belong to an execution and go after it. */
  private static final List<String> OF_EXECUTION = List.of("ended_run", "execution_cancelled");

  /** Tables that belong to an association and go once it has been deleted for long enough. */
  private static final List<String> OF_ASSOCIATION =
      List.of(
          "membership",
          "current_run",
          "association_version",
          "schedule_in_force",
          "revision",
          "association_reference",
          "association_document",
          "association_scope");

  private OldExecutions() {}

  /** An association, and when it was deleted, if it was. */
  public record Subject(AssociationId id, Optional<Instant> deleted) {
    /** Whether it has been deleted since before a moment. */
    public boolean over(Instant before) {
      return deleted.filter(at -> at.isBefore(before)).isPresent();
    }
  }

  /** What an execution left behind: a row that is looked at, and whether its execution is gone. */
  public record Left(String execution, boolean gone) {}

  /** The next association in the order of their ids; empty behind the last. */
  public static Optional<Subject> next(Read read, Optional<AssociationId> after) {
    return read.handle()
        .createQuery("SELECT id, deleted FROM association WHERE id > :after ORDER BY id LIMIT 1")
        .bind("after", after.map(AssociationId::value).orElse(""))
        .map(
            (row, context) ->
                new Subject(new AssociationId(row.getString("id")), Times.maybe(row, "deleted")))
        .findOne();
  }

  /** The oldest executions of an association that may go. */
  public static List<String> going(
      Read read, Subject subject, Instant before, Instant now, int atMost) {
    return read.handle()
        .createQuery(GOING)
        .bind("id", subject.id.value())
        .bind("before", before.toEpochMilli())
        .bind("now", now.toEpochMilli())
        .bind("over", subject.over(before))
        .bind("limit", atMost)
        .mapTo(String.class)
        .list();
  }

  /** Deletes of an association what may go, and says up to where that is. How many went. */
  public static int delete(Write write, Subject subject, Instant before, int atMost) {
    List<String> ids = going(write.read(), subject, before, write.now(), atMost);
    Optional<Generation> change =
        ids.stream()
            .flatMap(id -> Executions.find(write.read(), id).stream())
            .flatMap(row -> generation(row.trigger()).stream())
            .max(Comparator.naturalOrder());
    Gone.more(write, before, change);
    return write
        .handle()
        .createUpdate("DELETE FROM execution WHERE id IN (SELECT value FROM json_each(:ids))")
        .bind("ids", Json.write(ids))
        .execute();
  }

  /** The next execution, in the order of their ids, of which something is left behind. */
  public static Optional<Left> left(Read read, String after) {
    return OF_EXECUTION.stream()
        .flatMap(table -> left(read, table, after).stream())
        .min(Comparator.comparing(Left::execution));
  }

  private static Optional<Left> left(Read read, String table, String after) {
    return Plain.one(
        read.handle(),
        "SELECT execution_id, NOT EXISTS (SELECT 1 FROM execution WHERE id = execution_id) FROM "
            + table
            + " WHERE execution_id > ? ORDER BY execution_id LIMIT 1",
        row -> new Left(row.getString(1), row.getBoolean(2)),
        after);
  }

  /** Deletes some of what an execution left behind. How many rows went. */
  public static int deleteLeft(Write write, String execution, int atMost) {
    int count = 0;
    for (String table : OF_EXECUTION) {
      count +=
          write
              .handle()
              .createUpdate(
                  "DELETE FROM "
                      + table
                      + " WHERE execution_id = :id AND instance_id IN (SELECT instance_id FROM "
                      + table
                      + " WHERE execution_id = :id LIMIT :limit) AND NOT EXISTS (SELECT 1 FROM"
                      + " execution WHERE id = :id)")
              .bind("id", execution)
              .bind("limit", atMost - count)
              .execute();
    }
    return count;
  }

  /** Whether an association has memberships that ended before a moment. */
  public static boolean hasEnded(Read read, Subject subject, Instant before) {
    return read.handle()
        .createQuery("SELECT EXISTS (SELECT 1" + ENDED + ")")
        .bind("id", subject.id.value())
        .bind("before", before.toEpochMilli())
        .mapTo(Boolean.class)
        .one();
  }

  /** Deletes some memberships that ended before a moment. How many went. */
  public static int deleteEnded(Write write, Subject subject, Instant before, int atMost) {
    return write
        .handle()
        .createUpdate(
            "DELETE FROM membership WHERE (instance_id, association_id, entered_position) IN"
                + " (SELECT instance_id, association_id, entered_position"
                + ENDED
                + " LIMIT :limit)")
        .bind("id", subject.id.value())
        .bind("before", before.toEpochMilli())
        .bind("limit", atMost)
        .execute();
  }

  /**
   * Whether of an association that is deleted all may go that is left: its executions and runs have
   * gone.
   */
  public static boolean leaves(Read read, Subject subject) {
    String any =
        String.join(
            " UNION ALL ",
            OF_ASSOCIATION.stream()
                .map(table -> "SELECT 1 FROM " + table + " WHERE association_id = :id")
                .toList());
    return read.handle()
        .createQuery(
            "SELECT NOT EXISTS (SELECT 1 FROM execution WHERE association_id = :id) AND NOT EXISTS"
                + " (SELECT 1 FROM permit WHERE association_id = :id) AND NOT EXISTS (SELECT 1 FROM"
                + " membership AS m JOIN run ON run.instance_id = m.instance_id AND"
                + " run.association_id = m.association_id WHERE m.association_id = :id) AND EXISTS"
                + " ("
                + any
                + ")")
        .bind("id", subject.id.value())
        .mapTo(Boolean.class)
        .one();
  }

  /** Deletes some of what is left of an association that is deleted. How many rows went. */
  public static int deleteOf(Write write, Subject subject, Instant before, int atMost) {
    Gone.more(write, before, Optional.empty());
    int count = 0;
    for (String table : OF_ASSOCIATION) {
      String key = String.join(", ", keys(write.handle(), table));
      count +=
          write
              .handle()
              .createUpdate(
                  "DELETE FROM "
                      + table
                      + " WHERE ("
                      + key
                      + ") IN (SELECT "
                      + key
                      + " FROM "
                      + table
                      + " WHERE association_id = :id LIMIT :limit)")
              .bind("id", subject.id.value())
              .bind("limit", atMost - count)
              .execute();
    }
    return count;
  }

  private static List<String> keys(Handle handle, String table) {
    return handle
        .createQuery("SELECT name FROM pragma_table_info(:table) WHERE pk > 0 ORDER BY pk")
        .bind("table", table)
        .mapTo(String.class)
        .list();
  }

  private static Optional<Generation> generation(Trigger trigger) {
    return switch (trigger) {
      case Trigger.Change(var epoch, var position) -> Optional.of(new Generation(epoch, position));
      case Trigger.Enter(var epoch, var position) -> Optional.of(new Generation(epoch, position));
      case Trigger.Tick _, Trigger.Manual _ -> Optional.empty();
    };
  }
}

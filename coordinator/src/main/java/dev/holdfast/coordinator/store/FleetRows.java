package dev.holdfast.coordinator.store;

import dev.holdfast.association.AssociationId;
import dev.holdfast.report.RunStatus;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Counts over all rows, each read from an index alone. */
public final class FleetRows {
  /** Reads an index alone. */
  static final String PRESENCES =
      "SELECT presence, COUNT(*) AS n FROM instance WHERE state = 'ACTIVE' GROUP BY presence";

  /** Seeks in an index, once an association. */
  static final String IN_PROGRESS =
      "SELECT COUNT(*) FROM association a CROSS JOIN current_run c ON c.association_id = a.id AND"
          + " c.status = :status WHERE a.deleted IS NULL";

  /** Looks at the newest row of each association alone. */
  static final String OPEN_EXECUTIONS =
      "SELECT COUNT(*) FROM association a WHERE a.deleted IS NULL AND EXISTS (SELECT 1 FROM"
          + " (SELECT ended, target_count FROM execution e WHERE e.association_id = a.id"
          + " ORDER BY time DESC, position DESC LIMIT 1) newest WHERE newest.ended IS NULL"
          + " AND newest.target_count > 0)";

  /** Reads those of one association. */
  static final String MEMBERS =
      "SELECT m.entered, c.last_success FROM membership m CROSS JOIN instance i ON i.id ="
          + " m.instance_id AND i.state = 'ACTIVE' LEFT JOIN current_run c ON c.instance_id ="
          + " m.instance_id AND c.association_id = m.association_id WHERE m.association_id ="
          + " :association AND m.left_position IS NULL LIMIT :limit";

  private FleetRows() {}

  /** How many instances that may connect the log last said to be how: by presence. */
  public static Map<String, Integer> presences(Read read) {
    Map<String, Integer> counts = new HashMap<>();
    read.handle()
        .createQuery(PRESENCES)
        .map((row, context) -> Map.entry(row.getString("presence"), row.getInt("n")))
        .forEach(entry -> counts.put(entry.getKey(), entry.getValue()));
    return counts;
  }

  /** Runs of associations that are there which were in progress when they were told of last. */
  public static int inProgress(Read read) {
    return read.handle()
        .createQuery(IN_PROGRESS)
        .bind("status", RunStatus.IN_PROGRESS.name())
        .mapTo(Integer.class)
        .one();
  }

  /** Associations whose newest execution is not over: not all of its targets told an end. */
  public static int openExecutions(Read read) {
    return read.handle().createQuery(OPEN_EXECUTIONS).mapTo(Integer.class).one();
  }

  /** Associations that are there. */
  public static int associations(Read read) {
    return read.handle()
        .createQuery("SELECT COUNT(*) FROM association WHERE deleted IS NULL")
        .mapTo(Integer.class)
        .one();
  }

  /** Permits that count, and lost ones. */
  public record Permits(int held, int lost) {}

  /** How many permits there are. */
  public static Permits permits(Read read) {
    return read.handle()
        .createQuery("SELECT COUNT(*) - COUNT(lost) AS held, COUNT(lost) AS lost FROM permit")
        .map((row, context) -> new Permits(row.getInt("held"), row.getInt("lost")))
        .one();
  }

  /** Associations that are there and name a document. */
  public static List<AssociationId> naming(Read read, String document) {
    return read.handle()
        .createQuery(
            "SELECT id FROM association WHERE document_name = :document AND deleted IS NULL ORDER"
                + " BY id")
        .bind("document", document)
        .mapTo(String.class)
        .map(AssociationId::new)
        .list();
  }

  /**
   * A member of an association.
   *
   * @param since when it became one
   * @param success when a run of the association last was successful on it
   */
  public record Member(Instant since, Optional<Instant> success) {}

  /** The instances on which an association applies and that may connect, so many at the most. */
  public static List<Member> members(Read read, AssociationId association, int atMost) {
    return read.handle()
        .createQuery(MEMBERS)
        .bind("association", association.value())
        .bind("limit", atMost)
        .map(
            (row, context) ->
                new Member(Times.of(row, "entered"), Times.maybe(row, "last_success")))
        .list();
  }
}

package dev.holdfast.coordinator.store;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.report.RunStatus;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the newest runs of associations come to. */
public final class Standings {
  private Standings() {}

  /** How the newest runs of an association's members stand. */
  public record Standing(
      Map<RunStatus, Integer> counts,
      Optional<Instant> lastExecution,
      Optional<Instant> lastSuccess) {
    /** Of an association that has no members and never ran. */
    public static final Standing NONE = new Standing(Map.of(), Optional.empty(), Optional.empty());

    /** Copies. */
    public Standing {
      counts = Map.copyOf(counts);
    }
  }

  private record Count(AssociationId association, RunStatus status, int number) {}

  /**
   * How associations stand: of each that has members, or once ran, how many members have which
   * status by its newest run there (those without one are pending), when its newest execution was,
   * and when it last ended well anywhere.
   */
  public static Map<AssociationId, Standing> standings(
      Read read, Collection<AssociationId> associations) {
    Map<AssociationId, Map<RunStatus, Integer>> counts = new HashMap<>();
    Map<AssociationId, Standing> standings = new HashMap<>();
    if (associations.isEmpty()) {
      return standings;
    }
    List<String> ids = associations.stream().map(AssociationId::value).toList();
    read.handle()
        .createQuery(
            "SELECT m.association_id, COALESCE(c.status, 'PENDING') AS status, COUNT(*) AS number"
                + " FROM membership m LEFT JOIN current_run c ON c.instance_id = m.instance_id AND"
                + " c.association_id = m.association_id WHERE m.association_id IN (<ids>) AND"
                + " m.left_position IS NULL GROUP BY 1, 2")
        .bindList("ids", ids)
        .map(
            (row, context) ->
                new Count(
                    new AssociationId(row.getString(1)),
                    RunStatus.valueOf(row.getString(2)),
                    row.getInt(3)))
        .forEach(
            count ->
                counts
                    .computeIfAbsent(count.association, _ -> new EnumMap<>(RunStatus.class))
                    .put(count.status, count.number));
    read.handle()
        .createQuery(
            "SELECT a.id, (SELECT time FROM execution e WHERE e.association_id = a.id ORDER BY time"
                + " DESC LIMIT 1) AS executed, (SELECT MAX(last_success) FROM current_run c WHERE"
                + " c.association_id = a.id) AS succeeded FROM association a WHERE a.id IN (<ids>)")
        .bindList("ids", ids)
        .map(
            (row, context) -> {
              AssociationId id = new AssociationId(row.getString("id"));
              return Map.entry(
                  id,
                  new Standing(
                      counts.getOrDefault(id, Map.of()),
                      Times.maybe(row, "executed"),
                      Times.maybe(row, "succeeded")));
            })
        .forEach(standing -> standings.put(standing.getKey(), standing.getValue()));
    return standings;
  }

  /**
   * How many associations of an instance have which status, by their newest runs there; those
   * without one are pending.
   */
  public static Map<RunStatus, Integer> currentByStatus(Read read, InstanceId instance) {
    Map<RunStatus, Integer> counts = new EnumMap<>(RunStatus.class);
    read.handle()
        .createQuery(
            "SELECT COALESCE(c.status, 'PENDING') AS status, COUNT(*) AS number FROM membership m"
                + " LEFT JOIN current_run c ON c.instance_id = m.instance_id AND c.association_id ="
                + " m.association_id WHERE m.instance_id = :id AND m.left_position IS NULL GROUP BY"
                + " 1")
        .bind("id", instance.value())
        .map(
            (row, context) ->
                Map.entry(RunStatus.valueOf(row.getString("status")), row.getInt("number")))
        .forEach(count -> counts.put(count.getKey(), count.getValue()));
    return counts;
  }
}

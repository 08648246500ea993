package dev.holdfast.coordinator.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.statement.Query;

/**
 * The audit trail: a row for every change that somebody made or was refused, in the transaction of
 * the change.
 */
public final class AuditTrail {
  private AuditTrail() {}

  /**
   * One row.
   *
   * @param method the method's name, without its service
   * @param decision ALLOWED or DENIED
   * @param request as JSON, without what is sensitive
   */
  public record Entry(
      String id,
      long sequence,
      Instant time,
      String method,
      String principal,
      String address,
      List<String> resources,
      String decision,
      String reason,
      String request) {}

  /** What to look for; empty: anything. */
  public record Search(
      Optional<String> id,
      Optional<String> method,
      Optional<String> principal,
      Optional<String> resource,
      Optional<Instant> from,
      Optional<Instant> to) {}

  /** Adds a row. */
  public static void add(
      Write write,
      String id,
      String method,
      String principal,
      String address,
      List<String> resources,
      String decision,
      String reason,
      String request) {
    write
        .handle()
        .createUpdate(
            "INSERT INTO audit (id, sequence, time, method, principal, source_address, resources,"
                + " decision, reason, request) VALUES (:id, (SELECT COALESCE(MAX(sequence), 0) + 1"
                + " FROM audit), :time, :method, :principal, :address, :resources, :decision,"
                + " :reason, :request)")
        .bind("id", id)
        .bind("time", write.now().toEpochMilli())
        .bind("method", method)
        .bind("principal", principal)
        .bind("address", address)
        .bind("resources", Json.write(resources))
        .bind("decision", decision)
        .bind("reason", reason)
        .bind("request", request)
        .execute();
  }

  /** Rows that fit, newest first, before a sequence. */
  public static List<Entry> find(Read read, Search search, long before, int atMost) {
    Query query =
        read.handle()
            .createQuery(
                "SELECT * FROM audit WHERE sequence < :before AND (:id IS NULL OR id = :id) AND"
                    + " (:method IS NULL OR method = :method) AND (:principal IS NULL OR principal"
                    + " = :principal) AND (:resource IS NULL OR EXISTS (SELECT 1 FROM"
                    + " json_each(resources) WHERE value = :resource)) AND (:from IS NULL OR time"
                    + " >= :from) AND (:to IS NULL OR time <= :to) ORDER BY sequence DESC LIMIT"
                    + " :limit");
    return query
        .bind("before", before)
        .bind("id", search.id().orElse(null))
        .bind("method", search.method().orElse(null))
        .bind("principal", search.principal().orElse(null))
        .bind("resource", search.resource().orElse(null))
        .bind("from", search.from().map(Instant::toEpochMilli).orElse(null))
        .bind("to", search.to().map(Instant::toEpochMilli).orElse(null))
        .bind("limit", atMost)
        .map(
            (row, context) ->
                new Entry(
                    row.getString("id"),
                    row.getLong("sequence"),
                    Times.of(row, "time"),
                    row.getString("method"),
                    row.getString("principal"),
                    row.getString("source_address"),
                    Json.list(row.getString("resources")),
                    row.getString("decision"),
                    row.getString("reason"),
                    row.getString("request")))
        .list();
  }
}

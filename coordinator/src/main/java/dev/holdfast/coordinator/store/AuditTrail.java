package dev.holdfast.coordinator.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The audit trail: a row for every change that somebody made or was refused, in the transaction of
 * the change. Each row is chained to the one before by {@link AuditChain}.
 */
public final class AuditTrail {
  private AuditTrail() {}

  /**
   * One row.
   *
   * @param method the method's name, without its service
   * @param decision ALLOWED or DENIED
   * @param request as JSON, without what is sensitive
   * @param count equal refusals that it stands for; 1 unless they were many
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
      String request,
      int count) {
    /** Copies. */
    public Entry {
      resources = List.copyOf(resources);
    }
  }

  /**
   * What to look for; empty: anything.
   *
   * @param methods any of these
   */
  public record Search(
      Optional<String> id,
      Optional<String> method,
      Optional<Set<String>> methods,
      Optional<String> principal,
      Optional<String> resource,
      Optional<Instant> from,
      Optional<Instant> to) {
    /** Copies. */
    public Search {
      methods = methods.map(Set::copyOf);
    }

    /** By one method at the most. */
    public Search(
        Optional<String> id,
        Optional<String> method,
        Optional<String> principal,
        Optional<String> resource,
        Optional<Instant> from,
        Optional<Instant> to) {
      this(id, method, Optional.empty(), principal, resource, from, to);
    }
  }

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
    add(write, id, method, principal, address, resources, decision, reason, request, 1);
  }

  /** Adds a row that stands for several equal ones. */
  public static void add(
      Write write,
      String id,
      String method,
      String principal,
      String address,
      List<String> resources,
      String decision,
      String reason,
      String request,
      int count) {
    AuditChain.Link head = AuditChain.head(write.read());
    AuditChain.Row row =
        new AuditChain.Row(
            id,
            head.sequence() + 1,
            write.now().toEpochMilli(),
            method,
            principal,
            address,
            Json.write(resources),
            decision,
            reason,
            request,
            count);
    AuditChain.Link link = AuditChain.follow(head, row);
    write
        .handle()
        .createUpdate(
            "INSERT INTO audit (id, sequence, time, method, principal, source_address, resources,"
                + " decision, reason, request, count, sha256) VALUES (:id, :sequence, :time,"
                + " :method, :principal, :address, :resources, :decision, :reason, :request,"
                + " :count, :sha256)")
        .bind("id", row.id())
        .bind("sequence", row.sequence())
        .bind("time", row.timeMillis())
        .bind("method", row.method())
        .bind("principal", row.principal())
        .bind("address", row.address())
        .bind("resources", row.resources())
        .bind("decision", row.decision())
        .bind("reason", row.reason())
        .bind("request", row.request())
        .bind("count", row.count())
        .bind("sha256", link.sha256())
        .execute();
    AuditChain.setHead(write, link);
  }

  /** Rows that fit, newest first, before a sequence. */
  public static List<Entry> find(Read read, Search search, long before, int atMost) {
    return read.handle()
        .createQuery(
            "SELECT * FROM audit WHERE sequence < :before AND (:id IS NULL OR id = :id) AND"
                + " (:method IS NULL OR method = :method) AND (:methods IS NULL OR method IN"
                + " (SELECT value FROM json_each(:methods))) AND (:principal IS NULL OR principal ="
                + " :principal) AND (:resource IS NULL OR EXISTS (SELECT 1 FROM"
                + " json_each(resources) WHERE value = :resource)) AND (:from IS NULL OR time >="
                + " :from) AND (:to IS NULL OR time <= :to) ORDER BY sequence DESC LIMIT :limit")
        .bind("before", before)
        .bind("id", search.id().orElse(null))
        .bind("method", search.method().orElse(null))
        .bind("methods", search.methods().map(m -> Json.write(List.copyOf(m))).orElse(null))
        .bind("principal", search.principal().orElse(null))
        .bind("resource", search.resource().orElse(null))
        .bind("from", search.from().map(Instant::toEpochMilli).orElse(null))
        .bind("to", search.to().map(Instant::toEpochMilli).orElse(null))
        .bind("limit", atMost)
        .map((row, context) -> entry(row))
        .list();
  }

  private static Entry entry(ResultSet row) throws SQLException {
    return new Entry(
        row.getString("id"),
        row.getLong("sequence"),
        Times.of(row, "time"),
        row.getString("method"),
        row.getString("principal"),
        row.getString("source_address"),
        Json.list(row.getString("resources")),
        row.getString("decision"),
        row.getString("reason"),
        row.getString("request"),
        row.getInt("count"));
  }
}

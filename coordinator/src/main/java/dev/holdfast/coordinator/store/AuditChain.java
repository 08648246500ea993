package dev.holdfast.coordinator.store;

import dev.holdfast.task.Sha256;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What makes a change of the audit trail show: each row's hash is over the row's fields and the
 * hash of the row before. Where rows are no longer kept, an anchor says with which hash the chain
 * goes on, and a row of the chain itself says the same.
 */
public final class AuditChain {
  /** The method of the rows that say that older ones are no longer kept. */
  public static final String TRIM = "TrimAudit";

  /** Who trims. */
  private static final String TRIMMER = "coordinator";

  private static final String ANCHOR = "ANCHOR";
  private static final String HEAD = "HEAD";

  private static final String COLUMNS =
      "SELECT id, sequence, time, method, principal, source_address, resources, decision, reason,"
          + " request, count, sha256 FROM audit";

  private AuditChain() {}

  /** A row's place in the chain. */
  record Link(long sequence, String sha256) {}

  /** The fields of a row as they are stored, in the order in which they are hashed. */
  record Row(
      String id,
      long sequence,
      long timeMillis,
      String method,
      String principal,
      String address,
      String resources,
      String decision,
      String reason,
      String request,
      int count) {}

  private record Kept(Row row, String sha256) {}

  /** The newest row. */
  static Link head(Read read) {
    return end(read, HEAD);
  }

  static void setHead(Write write, Link link) {
    setEnd(write, HEAD, link);
  }

  /** The link of a row behind another: each field goes in after its length, so none can move. */
  static Link follow(Link before, Row row) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    for (String field :
        List.of(
            before.sha256(),
            Long.toString(row.sequence),
            row.id,
            Long.toString(row.timeMillis),
            row.method,
            row.principal,
            row.address,
            row.resources,
            row.decision,
            row.reason,
            row.request,
            Integer.toString(row.count))) {
      byte[] text = field.getBytes(StandardCharsets.UTF_8);
      bytes.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(text.length).array());
      bytes.writeBytes(text);
    }
    return new Link(row.sequence, Sha256.of(bytes.toByteArray()).hex());
  }

  /** Goes along the whole chain, and says which row is the first that is not as it was written. */
  public static Check.Outcome check(Read read) {
    Link at = end(read, ANCHOR);
    Link head = end(read, HEAD);
    long checked = 0;
    Optional<String> told = Optional.empty();
    try (Stream<Kept> rows = from(read, at.sequence())) {
      for (Iterator<Kept> each = rows.iterator(); each.hasNext(); checked++) {
        Kept kept = each.next();
        Row row = kept.row;
        if (row.sequence != at.sequence() + 1) {
          return Check.Outcome.failed(
              "row " + (at.sequence() + 1) + " is missing: the next one is " + row.sequence);
        }
        at = follow(at, row);
        if (!at.sha256().equals(kept.sha256)) {
          return Check.Outcome.failed(
              "row "
                  + row.sequence
                  + " (event "
                  + row.id
                  + ", "
                  + row.method
                  + ", "
                  + Instant.ofEpochMilli(row.timeMillis)
                  + ") or the one before it was changed");
        }
        if (row.method.equals(TRIM) && row.principal.equals(TRIMMER)) {
          told = Optional.of(row.request);
        }
      }
    }
    if (!at.equals(head)) {
      return Check.Outcome.failed(
          "rows are missing at the end: the last is " + at.sequence() + ", not " + head.sequence());
    }
    Link anchor = end(read, ANCHOR);
    if (told.isPresent() && !told.get().equals(trimmed(anchor))) {
      return Check.Outcome.failed(
          "the anchor at row " + anchor.sequence() + " is not the one that the trail tells of");
    }
    return Check.Outcome.passed(checked + " rows after row " + anchor.sequence());
  }

  /**
   * Lets go of the oldest rows that are older than a moment, leaving an anchor, and a row that
   * tells of it.
   *
   * @param id of that row
   * @return how many went
   */
  public static int trim(Write write, Instant before, String id, int atMost) {
    Link anchor = end(write.read(), ANCHOR);
    Optional<Link> last = Optional.empty();
    int count = 0;
    try (Stream<Kept> rows = from(write.read(), Math.min(anchor.sequence(), first(write)))) {
      for (Iterator<Kept> each = rows.iterator(); each.hasNext() && count < atMost; count++) {
        Kept kept = each.next();
        if (kept.row.timeMillis >= before.toEpochMilli()) {
          break;
        }
        last = Optional.of(new Link(kept.row.sequence, kept.sha256));
      }
    }
    if (last.isEmpty()) {
      return 0;
    }
    write
        .handle()
        .createUpdate("DELETE FROM audit WHERE sequence <= :last")
        .bind("last", last.get().sequence())
        .execute();
    if (last.get().sequence() > anchor.sequence()) {
      anchor = last.get();
      setEnd(write, ANCHOR, anchor);
    }
    AuditTrail.add(write, id, TRIM, TRIMMER, "", List.of(), "ALLOWED", "", trimmed(anchor));
    return count;
  }

  private static long first(Write write) {
    return write
            .handle()
            .createQuery("SELECT COALESCE(MIN(sequence), 1) FROM audit")
            .mapTo(Long.class)
            .one()
        - 1;
  }

  private static String trimmed(Link anchor) {
    return "{\"through\":" + anchor.sequence() + ",\"sha256\":\"" + anchor.sha256() + "\"}";
  }

  private static Stream<Kept> from(Read read, long after) {
    return read
        .handle()
        .createQuery(COLUMNS + " WHERE sequence > :after ORDER BY sequence")
        .bind("after", after)
        .map(
            (row, context) ->
                new Kept(
                    new Row(
                        row.getString("id"),
                        row.getLong("sequence"),
                        row.getLong("time"),
                        row.getString("method"),
                        row.getString("principal"),
                        row.getString("source_address"),
                        row.getString("resources"),
                        row.getString("decision"),
                        row.getString("reason"),
                        row.getString("request"),
                        row.getInt("count")),
                    row.getString("sha256")))
        .stream();
  }

  private static Link end(Read read, String which) {
    return read.handle()
        .createQuery("SELECT sequence, sha256 FROM audit_end WHERE which = :which")
        .bind("which", which)
        .map((row, context) -> new Link(row.getLong("sequence"), row.getString("sha256")))
        .findOne()
        .orElseThrow(
            () ->
                new StoreException(
                    "the audit trail's "
                        + which
                        + " is missing: restore the database from a"
                        + " backup"));
  }

  private static void setEnd(Write write, String which, Link link) {
    int changed =
        write
            .handle()
            .createUpdate(
                "UPDATE audit_end SET sequence = :sequence, sha256 = :sha256 WHERE which = :which")
            .bind("sequence", link.sequence())
            .bind("sha256", link.sha256())
            .bind("which", which)
            .execute();
    if (changed != 1) {
      throw new StoreException("the audit trail's " + which + " could not be moved");
    }
  }
}

package dev.holdfast.coordinator.store;

import com.google.protobuf.ByteString;
import dev.holdfast.association.AssociationId;
import dev.holdfast.task.Sha256;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.mapper.RowMapper;

/** Associations, their versions, the schedules that were in force, and their revisions. */
public final class Associations {
  /** Of rows that begin with all columns, in the order in which the table has them. */
  private static final RowMapper<Association> ROW = (row, context) -> association(row);

  private Associations() {}

  private static Association association(ResultSet row) throws SQLException {
    String revision = row.getString(9);
    return new Association(
        new AssociationId(row.getString(1)),
        row.getString(2),
        row.getInt(3),
        row.getString(4),
        Instant.ofEpochMilli(row.getLong(5)),
        Instant.ofEpochMilli(row.getLong(6)),
        Times.maybe(row, 7),
        revision.isEmpty() ? Optional.empty() : Optional.of(new Sha256(revision)),
        Instant.ofEpochMilli(row.getLong(10)),
        Instant.ofEpochMilli(row.getLong(11)));
  }

  /**
   * An association's row.
   *
   * @param name empty if it has none
   * @param revision in force; empty if it can't be resolved
   * @param effectiveFrom ticks count from here
   * @param anchor when the schedule was set
   */
  public record Association(
      AssociationId id,
      String name,
      int version,
      String documentName,
      Instant created,
      Instant updated,
      Optional<Instant> deleted,
      Optional<Sha256> revision,
      Instant effectiveFrom,
      Instant anchor) {}

  /** One version: what somebody wrote, as {@code holdfast.v1.Association}. */
  public record Version(AssociationId id, int version, ByteString content, Instant created) {}

  /** A row with the content of the version in force. */
  public record Current(Association row, ByteString content) {}

  /**
   * A schedule, and from when it was in force.
   *
   * @param expression empty: no ticks
   * @param enabled if not, the association had no ticks from then on, whatever its schedule
   */
  public record InForce(
      Instant from,
      String expression,
      String timezone,
      int offsetDays,
      Instant anchor,
      boolean enabled) {

    /** One that is enabled. */
    public InForce(
        Instant from, String expression, String timezone, int offsetDays, Instant anchor) {
      this(from, expression, timezone, offsetDays, anchor, true);
    }
  }

  /** A revision that was once in force. */
  public record Revision(Sha256 sha256, int version, int documentVersion, long position) {}

  /** One by id, deleted or not. */
  public static Optional<Association> find(Read read, AssociationId id) {
    return Plain.one(
        read.handle(),
        "SELECT * FROM association WHERE id = ?",
        Associations::association,
        id.value());
  }

  /** One that is not deleted, by name. */
  public static Optional<Association> named(Read read, String name) {
    return read.handle()
        .createQuery(
            "SELECT * FROM association WHERE name = :name AND name <> '' AND deleted IS NULL")
        .bind("name", name)
        .map(ROW)
        .findOne();
  }

  /** Those not deleted, by id, after one. */
  public static List<Association> list(Read read, String after, int atMost) {
    return read.handle()
        .createQuery(
            "SELECT * FROM association WHERE deleted IS NULL AND id > :after ORDER BY id LIMIT"
                + " :limit")
        .bind("after", after)
        .bind("limit", atMost)
        .map(ROW)
        .list();
  }

  /** Those not deleted with what somebody wrote, by id, after one. */
  public static List<Current> current(Read read, String after, int atMost) {
    return read.handle()
        .createQuery(
            "SELECT association.*, association_version.content FROM association JOIN"
                + " association_version ON association_version.association_id = association.id AND"
                + " association_version.version = association.version WHERE deleted IS NULL AND id"
                + " > :after ORDER BY id LIMIT :limit")
        .bind("after", after)
        .bind("limit", atMost)
        .map(
            (row, context) ->
                new Current(ROW.map(row, context), ByteString.copyFrom(row.getBytes("content"))))
        .list();
  }

  /** Those not deleted that rest on a document, as their own or as one that it names. */
  public static List<Association> using(Read read, String document) {
    return read.handle()
        .createQuery(
            "SELECT association.* FROM association_document JOIN association ON association.id ="
                + " association_document.association_id WHERE association_document.document_name ="
                + " :document AND deleted IS NULL ORDER BY id")
        .bind("document", document)
        .map(ROW)
        .list();
  }

  /** Notes on which documents an association rests, in place of what was noted before. */
  public static void setDocuments(Write write, AssociationId id, Set<String> names) {
    if (names.equals(documents(write.read(), id))) {
      return;
    }
    write
        .handle()
        .createUpdate("DELETE FROM association_document WHERE association_id = :id")
        .bind("id", id.value())
        .execute();
    for (String name : names) {
      write
          .handle()
          .createUpdate(
              "INSERT INTO association_document (association_id, document_name) VALUES (:id,"
                  + " :name)")
          .bind("id", id.value())
          .bind("name", name)
          .execute();
    }
  }

  private static Set<String> documents(Read read, AssociationId id) {
    return read.handle()
        .createQuery("SELECT document_name FROM association_document WHERE association_id = :id")
        .bind("id", id.value())
        .mapTo(String.class)
        .collectIntoSet();
  }

  /** How many are not deleted. */
  public static int count(Read read) {
    return read.handle()
        .createQuery("SELECT COUNT(*) FROM association WHERE deleted IS NULL")
        .mapTo(Integer.class)
        .one();
  }

  /** Writes a row, in place of what was there. */
  public static void put(Write write, Association row) {
    write
        .handle()
        .createUpdate(
            "INSERT INTO association (id, name, version, document_name, created, updated,"
                + " revision_sha256, effective_from, anchor) VALUES (:id, :name, :version,"
                + " :document, :created, :updated, :revision, :from, :anchor) ON CONFLICT (id) DO"
                + " UPDATE SET name = excluded.name, version = excluded.version, document_name ="
                + " excluded.document_name, updated = excluded.updated, revision_sha256 ="
                + " excluded.revision_sha256, effective_from = excluded.effective_from, anchor ="
                + " excluded.anchor")
        .bind("id", row.id.value())
        .bind("name", row.name)
        .bind("version", row.version)
        .bind("document", row.documentName)
        .bind("created", row.created.toEpochMilli())
        .bind("updated", row.updated.toEpochMilli())
        .bind("revision", row.revision.map(Sha256::hex).orElse(""))
        .bind("from", row.effectiveFrom.toEpochMilli())
        .bind("anchor", row.anchor.toEpochMilli())
        .execute();
  }

  /** Marks it deleted. */
  public static void delete(Write write, AssociationId id) {
    write
        .handle()
        .createUpdate(
            "UPDATE association SET deleted = :now, deleted_position = :position WHERE id = :id")
        .bind("now", write.now().toEpochMilli())
        .bind("position", write.position())
        .bind("id", id.value())
        .execute();
  }

  /** Says to which tag scope one is cut; empty: to none. */
  public static void setScope(Write write, AssociationId id, Optional<TagScope> scope) {
    write
        .handle()
        .createUpdate("DELETE FROM association_scope WHERE association_id = :id")
        .bind("id", id.value())
        .execute();
    scope.ifPresent(
        one ->
            write
                .handle()
                .createUpdate(
                    "INSERT INTO association_scope (association_id, tag_scope) VALUES (:id,"
                        + " :scope)")
                .bind("id", id.value())
                .bind("scope", one.text())
                .execute());
  }

  /** Adds a version. */
  public static void addVersion(Write write, AssociationId id, int version, byte[] content) {
    write
        .handle()
        .createUpdate(
            "INSERT INTO association_version (association_id, version, content, created) VALUES"
                + " (:id, :version, :content, :now)")
        .bind("id", id.value())
        .bind("version", version)
        .bind("content", content)
        .bind("now", write.now().toEpochMilli())
        .execute();
  }

  /** One version. */
  public static Optional<Version> version(Read read, AssociationId id, int version) {
    return versions(read, id, version + 1, 1).stream()
        .filter(v -> v.version == version)
        .findFirst();
  }

  /** The version that was in force at a moment; empty if it did not exist yet. */
  public static Optional<Integer> versionAt(Read read, AssociationId id, Instant at) {
    return read.handle()
        .createQuery(
            "SELECT version FROM association_version WHERE association_id = :id AND created <= :at"
                + " ORDER BY version DESC LIMIT 1")
        .bind("id", id.value())
        .bind("at", at.toEpochMilli())
        .mapTo(Integer.class)
        .findOne();
  }

  /** Versions, newest first, below one. */
  public static List<Version> versions(Read read, AssociationId id, int below, int atMost) {
    return Plain.list(
        read.handle(),
        "SELECT version, content, created FROM association_version WHERE association_id = ? AND"
            + " version < ? ORDER BY version DESC LIMIT ?",
        row ->
            new Version(
                id,
                row.getInt(1),
                ByteString.copyFrom(row.getBytes(2)),
                Instant.ofEpochMilli(row.getLong(3))),
        id.value(),
        below,
        atMost);
  }

  /** Notes that a schedule is in force from now. */
  public static void addInForce(Write write, AssociationId id, InForce schedule) {
    write
        .handle()
        .createUpdate(
            "INSERT OR REPLACE INTO schedule_in_force (association_id, from_time, expression,"
                + " timezone, offset_days, anchor, enabled) VALUES (:id, :from, :expression,"
                + " :timezone, :offset, :anchor, :enabled)")
        .bind("id", id.value())
        .bind("from", schedule.from.toEpochMilli())
        .bind("expression", schedule.expression)
        .bind("timezone", schedule.timezone)
        .bind("offset", schedule.offsetDays)
        .bind("anchor", schedule.anchor.toEpochMilli())
        .bind("enabled", schedule.enabled)
        .execute();
  }

  /** The schedules that were ever in force, oldest first. */
  public static List<InForce> inForce(Read read, AssociationId id) {
    return Plain.list(
        read.handle(),
        "SELECT from_time, expression, timezone, offset_days, anchor, enabled FROM"
            + " schedule_in_force WHERE association_id = ? ORDER BY from_time",
        row ->
            new InForce(
                Instant.ofEpochMilli(row.getLong(1)),
                row.getString(2),
                row.getString(3),
                row.getInt(4),
                Instant.ofEpochMilli(row.getLong(5)),
                row.getBoolean(6)),
        id.value());
  }

  /** Notes a revision. */
  public static void addRevision(Write write, AssociationId id, Revision revision) {
    write
        .handle()
        .createUpdate(
            "INSERT OR IGNORE INTO revision (association_id, sha256, version, document_version,"
                + " position) VALUES (:id, :hash, :version, :document, :position)")
        .bind("id", id.value())
        .bind("hash", revision.sha256.hex())
        .bind("version", revision.version)
        .bind("document", revision.documentVersion)
        .bind("position", revision.position)
        .execute();
  }

  /** A revision that was once in force. */
  public static Optional<Revision> revision(Read read, AssociationId id, Sha256 hash) {
    return Plain.one(
        read.handle(),
        "SELECT version, document_version, position FROM revision WHERE association_id = ? AND"
            + " sha256 = ?",
        row -> new Revision(hash, row.getInt(1), row.getInt(2), row.getLong(3)),
        id.value(),
        hash.hex());
  }

  /** The newest revision of one version; empty if that never could be resolved. */
  public static Optional<Sha256> newestRevision(Read read, AssociationId id, int version) {
    return read.handle()
        .createQuery(
            "SELECT sha256 FROM revision WHERE association_id = :id AND version = :version ORDER BY"
                + " position DESC, sha256 LIMIT 1")
        .bind("id", id.value())
        .bind("version", version)
        .mapTo(String.class)
        .findOne()
        .map(Sha256::new);
  }
}

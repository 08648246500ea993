package dev.holdfast.coordinator.store;

import dev.holdfast.task.Sha256;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;

/** Documents and their versions; the bytes are bodies. */
public final class Documents {
  private static final RowMapper<Name> NAME =
      (row, context) ->
          new Name(
              row.getString("name"),
              row.getString("type"),
              row.getString("owner"),
              row.getInt("default_version"),
              row.getInt("latest_version"),
              Times.of(row, "created"),
              Json.map(row.getString("tags")));

  private static final RowMapper<Version> VERSION =
      (row, context) ->
          new Version(
              row.getString("name"),
              row.getInt("version"),
              row.getString("version_name"),
              row.getString("display_name"),
              row.getString("format"),
              row.getString("schema_version"),
              new Sha256(row.getString("sha256")),
              Times.of(row, "created"));

  private Documents() {}

  /** A document, over all its versions. */
  public record Name(
      String name,
      String type,
      String owner,
      int defaultVersion,
      int latestVersion,
      Instant created,
      Map<String, String> tags) {}

  /** One version of a document. */
  public record Version(
      String name,
      int version,
      String versionName,
      String displayName,
      String format,
      String schemaVersion,
      Sha256 sha256,
      Instant created) {}

  /** Finds one by name. */
  public static Optional<Name> find(Read read, String name) {
    return read.handle()
        .createQuery("SELECT * FROM document WHERE name = :name")
        .bind("name", name)
        .map(NAME)
        .findOne();
  }

  /** All of them after a name. */
  public static List<Name> list(Read read, String after, int atMost) {
    return read.handle()
        .createQuery("SELECT * FROM document WHERE name > :after ORDER BY name LIMIT :limit")
        .bind("after", after)
        .bind("limit", atMost)
        .map(NAME)
        .list();
  }

  /** How many there are. */
  public static int count(Read read) {
    return read.handle().createQuery("SELECT COUNT(*) FROM document").mapTo(Integer.class).one();
  }

  /** One version. */
  public static Optional<Version> version(Read read, String name, int version) {
    return read.handle()
        .createQuery("SELECT * FROM document_version WHERE name = :name AND version = :version")
        .bind("name", name)
        .bind("version", version)
        .map(VERSION)
        .findOne();
  }

  /** The version with this name. */
  public static Optional<Version> versionNamed(Read read, String name, String versionName) {
    return read.handle()
        .createQuery(
            "SELECT * FROM document_version WHERE name = :name AND version_name = :version")
        .bind("name", name)
        .bind("version", versionName)
        .map(VERSION)
        .findOne();
  }

  /** Versions, newest first, below one. */
  public static List<Version> versions(Read read, String name, int below, int atMost) {
    return read.handle()
        .createQuery(
            "SELECT * FROM document_version WHERE name = :name AND version < :below ORDER BY"
                + " version DESC LIMIT :limit")
        .bind("name", name)
        .bind("below", below)
        .bind("limit", atMost)
        .map(VERSION)
        .list();
  }

  /** Makes a document with no version yet. */
  public static void add(
      Write write, String name, String type, String owner, Map<String, String> tags) {
    write
        .handle()
        .createUpdate(
            "INSERT INTO document (name, type, owner, default_version, latest_version, created,"
                + " tags) VALUES (:name, :type, :owner, 1, 0, :now, :tags)")
        .bind("name", name)
        .bind("type", type)
        .bind("owner", owner)
        .bind("now", write.now().toEpochMilli())
        .bind("tags", Json.write(tags))
        .execute();
  }

  /** Adds the next version; its number. */
  public static int addVersion(
      Write write,
      String name,
      String versionName,
      String displayName,
      String format,
      String schemaVersion,
      byte[] content) {
    write
        .handle()
        .createUpdate("UPDATE document SET latest_version = latest_version + 1 WHERE name = :name")
        .bind("name", name)
        .execute();
    int version = find(write.read(), name).orElseThrow().latestVersion();
    write
        .handle()
        .createUpdate(
            "INSERT INTO document_version (name, version, version_name, display_name, format,"
                + " schema_version, sha256, created) VALUES (:name, :version, :versionName,"
                + " :displayName, :format, :schema, :sha256, :now)")
        .bind("name", name)
        .bind("version", version)
        .bind("versionName", versionName)
        .bind("displayName", displayName)
        .bind("format", format)
        .bind("schema", schemaVersion)
        .bind("sha256", Bodies.add(write, content).hex())
        .bind("now", write.now().toEpochMilli())
        .execute();
    return version;
  }

  /** Moves the default. */
  public static void setDefault(Write write, String name, int version) {
    write
        .handle()
        .createUpdate("UPDATE document SET default_version = :version WHERE name = :name")
        .bind("version", version)
        .bind("name", name)
        .execute();
  }

  /** Deletes all of it. Bodies stay: assignments may still name them. */
  public static void delete(Write write, String name) {
    write
        .handle()
        .createUpdate("DELETE FROM document_version WHERE name = :name")
        .bind("name", name)
        .execute();
    write
        .handle()
        .createUpdate("DELETE FROM document WHERE name = :name")
        .bind("name", name)
        .execute();
  }

  /** Deletes one version that is neither the default nor the newest. */
  public static void deleteVersion(Write write, String name, int version) {
    write
        .handle()
        .createUpdate("DELETE FROM document_version WHERE name = :name AND version = :version")
        .bind("name", name)
        .bind("version", version)
        .execute();
  }

  /** Sets the tags of one, in place of those before. */
  public static void setTags(Write write, String name, Map<String, String> tags) {
    write
        .handle()
        .createUpdate("UPDATE document SET tags = :tags WHERE name = :name")
        .bind("tags", Json.write(tags))
        .bind("name", name)
        .execute();
  }
}

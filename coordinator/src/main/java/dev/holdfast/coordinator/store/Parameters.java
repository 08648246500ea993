package dev.holdfast.coordinator.store;

import com.google.protobuf.ByteString;
import dev.holdfast.association.AssociationId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.mapper.RowMapper;

/** Stored parameters, and which associations refer to them. */
public final class Parameters {
  private static final RowMapper<Parameter> ROW =
      (row, context) ->
          new Parameter(
              row.getString("name"),
              row.getInt("version"),
              row.getString("type"),
              row.getString("value"),
              row.getString("key_id").isEmpty()
                  ? Optional.empty()
                  : Optional.of(
                      new Sealed(
                          row.getString("key_id"), ByteString.copyFrom(row.getBytes("secret")))),
              row.getString("description"),
              row.getString("author"),
              Times.of(row, "created"));

  private Parameters() {}

  /**
   * A value that only the holder of a key can read.
   *
   * @param keyId names the key
   */
  public record Sealed(String keyId, ByteString bytes) {}

  /**
   * One version of a parameter.
   *
   * @param type String, StringList or SecureString
   * @param value of a SecureString empty
   * @param secret the value of a SecureString; of the others empty
   * @param author who wrote this version
   */
  public record Parameter(
      String name,
      int version,
      String type,
      String value,
      Optional<Sealed> secret,
      String description,
      String author,
      Instant modified) {}

  /** The newest version, or a given one. */
  public static Optional<Parameter> find(Read read, String name, Optional<Integer> version) {
    return read.handle()
        .createQuery(
            "SELECT * FROM parameter WHERE name = :name AND (:version IS NULL OR version ="
                + " :version) ORDER BY version DESC LIMIT 1")
        .bind("name", name)
        .bind("version", version.orElse(null))
        .map(ROW)
        .findOne();
  }

  /** The newest versions of all, by name, after one. */
  public static List<Parameter> list(Read read, String after, int atMost) {
    return read.handle()
        .createQuery(
            "SELECT * FROM parameter WHERE name > :after AND version = (SELECT MAX(newest.version)"
                + " FROM parameter AS newest WHERE newest.name = parameter.name) ORDER BY name"
                + " LIMIT :limit")
        .bind("after", after)
        .bind("limit", atMost)
        .map(ROW)
        .list();
  }

  /** The versions of one that are kept, oldest first, after one. */
  public static List<Parameter> versions(Read read, String name, int after, int atMost) {
    return read.handle()
        .createQuery(
            "SELECT * FROM parameter WHERE name = :name AND version > :after ORDER BY version LIMIT"
                + " :limit")
        .bind("name", name)
        .bind("after", after)
        .bind("limit", atMost)
        .map(ROW)
        .list();
  }

  /** How many there are, whatever their versions. */
  public static int count(Read read) {
    return read.handle()
        .createQuery("SELECT COUNT(DISTINCT name) FROM parameter")
        .mapTo(Integer.class)
        .one();
  }

  /** Of each key that encrypted something, what it encrypted last. */
  public static List<Parameter> newestOfEachKey(Read read) {
    return read
        .handle()
        .createQuery("SELECT DISTINCT key_id FROM parameter WHERE key_id <> ''")
        .mapTo(String.class)
        .list()
        .stream()
        .map(
            key ->
                read.handle()
                    .createQuery(
                        "SELECT * FROM parameter WHERE key_id = :key AND key_id <> '' ORDER BY"
                            + " created DESC, name, version DESC LIMIT 1")
                    .bind("key", key)
                    .map(ROW)
                    .one())
        .toList();
  }

  /** Adds a version; its author and time are those of the row. */
  public static void add(Write write, Parameter row) {
    write
        .handle()
        .createUpdate(
            "INSERT INTO parameter (name, version, type, value, key_id, secret, description,"
                + " author, created) VALUES (:name, :version, :type, :value, :key, :secret,"
                + " :description, :author, :created)")
        .bind("name", row.name)
        .bind("version", row.version)
        .bind("type", row.type)
        .bind("value", row.value)
        .bind("key", row.secret.map(Sealed::keyId).orElse(""))
        .bind("secret", row.secret.map(Sealed::bytes).orElse(ByteString.EMPTY).toByteArray())
        .bind("description", row.description)
        .bind("author", row.author)
        .bind("created", row.modified.toEpochMilli())
        .execute();
  }

  /** Deletes one version. */
  public static void deleteVersion(Write write, String name, int version) {
    write
        .handle()
        .createUpdate("DELETE FROM parameter WHERE name = :name AND version = :version")
        .bind("name", name)
        .bind("version", version)
        .execute();
  }

  /** Deletes all versions. */
  public static void delete(Write write, String name) {
    write
        .handle()
        .createUpdate("DELETE FROM parameter WHERE name = :name")
        .bind("name", name)
        .execute();
  }

  /**
   * Notes what the revision in force of an association refers to, in place of what was noted.
   *
   * @param versions by name; 0 stands for the newest
   */
  public static void refer(
      Write write, AssociationId association, Map<String, Set<Integer>> versions) {
    write
        .handle()
        .createUpdate("DELETE FROM association_reference WHERE association_id = :id")
        .bind("id", association.value())
        .execute();
    versions.forEach(
        (name, each) ->
            each.forEach(
                version ->
                    write
                        .handle()
                        .createUpdate(
                            "INSERT INTO association_reference (association_id, parameter,"
                                + " version) VALUES (:id, :name, :version)")
                        .bind("id", association.value())
                        .bind("name", name)
                        .bind("version", version)
                        .execute()));
  }

  /**
   * The associations, not deleted, that refer to a parameter, by id.
   *
   * @param version only those that pin this one; empty: any
   */
  public static List<AssociationId> referring(Read read, String name, Optional<Integer> version) {
    return read.handle()
        .createQuery(
            "SELECT DISTINCT association_id FROM association_reference JOIN association ON"
                + " association.id = association_reference.association_id WHERE parameter = :name"
                + " AND (:version IS NULL OR association_reference.version = :version) AND"
                + " association.deleted IS NULL ORDER BY association_id")
        .bind("name", name)
        .bind("version", version.orElse(null))
        .mapTo(String.class)
        .map(AssociationId::new)
        .list();
  }
}

package dev.holdfast.coordinator.store;

import java.time.Instant;
import java.util.Optional;

/** Stored parameters. */
public final class Parameters {
  private Parameters() {}

  /** One version of a parameter. */
  public record Parameter(String name, int version, String type, String value, Instant modified) {}

  /** The newest version, or a given one. */
  public static Optional<Parameter> find(Read read, String name, Optional<Integer> version) {
    return read.handle()
        .createQuery(
            "SELECT * FROM parameter WHERE name = :name AND (:version IS NULL OR version ="
                + " :version) ORDER BY version DESC LIMIT 1")
        .bind("name", name)
        .bind("version", version.orElse(null))
        .map(
            (row, context) ->
                new Parameter(
                    row.getString("name"),
                    row.getInt("version"),
                    row.getString("type"),
                    row.getString("value"),
                    Times.of(row, "created")))
        .findOne();
  }

  /** Adds the next version; its number. */
  public static int add(Write write, String name, String type, String value) {
    int version = find(write.read(), name, Optional.empty()).map(Parameter::version).orElse(0) + 1;
    write
        .handle()
        .createUpdate(
            "INSERT INTO parameter (name, version, type, value, created) VALUES (:name, :version,"
                + " :type, :value, :now)")
        .bind("name", name)
        .bind("version", version)
        .bind("type", type)
        .bind("value", value)
        .bind("now", write.now().toEpochMilli())
        .execute();
    return version;
  }
}

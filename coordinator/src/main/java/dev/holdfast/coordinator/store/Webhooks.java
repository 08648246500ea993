package dev.holdfast.coordinator.store;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;

/** Where events are sent to, and how far that has come. */
public final class Webhooks {
  private static final RowMapper<Webhook> ROW =
      (row, context) ->
          new Webhook(
              row.getString("name"),
              row.getString("url"),
              Json.list(row.getString("types")),
              new Parameters.Sealed(
                  row.getString("key_id"), ByteString.copyFrom(row.getBytes("secret"))),
              row.getInt("serial"),
              row.getLong("position"),
              new State(
                  Condition.valueOf(row.getString("condition")),
                  row.getString("message"),
                  Times.of(row, "since"),
                  row.getInt("failures"),
                  Times.maybe(row, "next_attempt")));

  private Webhooks() {}

  /** The name under which a webhook's secret is sealed: no parameter can have it. */
  public static String sealedAs(String name) {
    return "webhook:" + name;
  }

  /**
   * One.
   *
   * @param types of events, none twice
   * @param secret that signs
   * @param serial counts how often it was put
   * @param position of the log: up to here all is delivered that is to be
   */
  public record Webhook(
      String name,
      String url,
      List<String> types,
      Parameters.Sealed secret,
      int serial,
      long position,
      State state) {
    /** Copies. */
    public Webhook {
      types = List.copyOf(types);
    }
  }

  /** How sending goes. */
  public enum Condition {
    /** What was sent last was taken, or nothing was sent yet. */
    OK,
    /** It was not, and is sent again. */
    FAILING,
    /** It was not for so long that nothing is sent any more. */
    GIVEN_UP
  }

  /**
   * Where sending stands.
   *
   * @param message what the last attempt met; empty if it was taken
   * @param since from when the condition lasts
   * @param failures attempts in a row that were not taken
   * @param nextAttempt when it is tried again; empty: as soon as there is something, or never
   */
  public record State(
      Condition condition,
      String message,
      Instant since,
      int failures,
      Optional<Instant> nextAttempt) {

    /** Nothing is wrong from this moment on. */
    public static State fine(Instant now) {
      return new State(Condition.OK, "", now, 0, Optional.empty());
    }
  }

  /** One by name. */
  public static Optional<Webhook> find(Read read, String name) {
    return read.handle()
        .createQuery("SELECT * FROM webhook WHERE name = :name")
        .bind("name", name)
        .map(ROW)
        .findOne();
  }

  /** By name, after one. */
  public static List<Webhook> list(Read read, String after, int atMost) {
    return read.handle()
        .createQuery("SELECT * FROM webhook WHERE name > :after ORDER BY name LIMIT :limit")
        .bind("after", after)
        .bind("limit", atMost)
        .map(ROW)
        .list();
  }

  /** Writes one, in place of what was there. */
  public static void put(Write write, Webhook row) {
    write
        .handle()
        .createUpdate(
            "INSERT OR REPLACE INTO webhook (name, url, types, key_id, secret, serial, position,"
                + " condition, message, since, failures, next_attempt) VALUES (:name, :url,"
                + " :types, :key, :secret, :serial, :position, :condition, :message, :since,"
                + " :failures, :next)")
        .bind("name", row.name)
        .bind("url", row.url)
        .bind("types", Json.write(row.types))
        .bind("key", row.secret.keyId())
        .bind("secret", row.secret.bytes().toByteArray())
        .bind("serial", row.serial)
        .bind("position", row.position)
        .bind("condition", row.state.condition.name())
        .bind("message", row.state.message)
        .bind("since", row.state.since.toEpochMilli())
        .bind("failures", row.state.failures)
        .bind("next", row.state.nextAttempt.map(Instant::toEpochMilli).orElse(null))
        .execute();
  }

  /** Notes how far one has come, and how it goes; nothing if it was put anew or deleted since. */
  public static void progress(Write write, String name, int serial, long position, State state) {
    find(write.read(), name)
        .filter(row -> row.serial == serial)
        .ifPresent(
            row ->
                put(
                    write,
                    new Webhook(name, row.url, row.types, row.secret, serial, position, state)));
  }

  /** Deletes one; whether it was there. */
  public static boolean delete(Write write, String name) {
    return write
            .handle()
            .createUpdate("DELETE FROM webhook WHERE name = :name")
            .bind("name", name)
            .execute()
        > 0;
  }
}

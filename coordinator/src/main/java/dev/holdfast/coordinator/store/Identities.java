package dev.holdfast.coordinator.store;

import com.google.protobuf.ByteString;
import dev.holdfast.association.InstanceId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.mapper.RowMapper;

/**
 * The states of instances, and which certificates count: one that is in use, and one that was given
 * out and is not used yet. Each change has a number, so that whoever watches reads only new ones.
 */
public final class Identities {
  /** The type of the events that tell of a change of state. */
  public static final String EVENT = "InstanceStateChanged";

  private static final RowMapper<Identity> ROW =
      (row, context) ->
          new Identity(
              new InstanceId(row.getString("id")),
              InstanceState.valueOf(row.getString("state")),
              Times.maybe(row, "state_since"),
              row.getString("state_reason"),
              new Certified(
                  row.getString("certificate_serial"),
                  ByteString.copyFrom(row.getBytes("certificate")),
                  row.getString("key_sha256")),
              Times.maybe(row, "promoted"),
              next(row),
              row.getString("approved_nonce"),
              row.getString("fingerprint"));

  private Identities() {}

  /**
   * A certificate that was given out.
   *
   * @param serial hex; empty if it counts no more
   * @param certificate DER
   * @param keySha256 hash of its key
   */
  public record Certified(String serial, ByteString certificate, String keySha256) {}

  /** One that is not used yet. */
  public record Next(Certified certified, Instant issued) {}

  /**
   * What is known of an instance's identity.
   *
   * @param since when it came into this state
   * @param reason why, in words; empty if that says itself
   * @param current the certificate in use
   * @param promoted when that was used first; empty if it is the one of the enrolment
   * @param approvedNonce the one copy that may speak; empty if nobody chose one
   * @param fingerprint of the machine, as it said last; empty if it never did
   */
  public record Identity(
      InstanceId id,
      InstanceState state,
      Optional<Instant> since,
      String reason,
      Certified current,
      Optional<Instant> promoted,
      Optional<Next> next,
      String approvedNonce,
      String fingerprint) {}

  /**
   * A machine that says that it is an instance which several say they are.
   *
   * @param process random, of the agent's process that said so; empty if it has none
   */
  public record Claimant(
      String installNonce,
      String process,
      String bootId,
      String fingerprint,
      String computerName,
      String address,
      Instant seen) {}

  /** What changed of an instance. */
  public record Change(long version, InstanceId id, InstanceState state, String serial) {}

  private static Optional<Next> next(ResultSet row) throws SQLException {
    String serial = row.getString("next_serial");
    byte[] certificate = row.getBytes("next_certificate");
    if (serial.isEmpty() || certificate == null) {
      return Optional.empty();
    }
    return Optional.of(
        new Next(
            new Certified(
                serial, ByteString.copyFrom(certificate), row.getString("next_key_sha256")),
            Times.of(row, "next_issued")));
  }

  /** The one, whatever its state. */
  public static Optional<Identity> find(Read read, InstanceId id) {
    return read.handle()
        .createQuery("SELECT * FROM instance WHERE id = :id")
        .bind("id", id.value())
        .map(ROW)
        .findOne();
  }

  /** Those that enrolled with a key or have it now. */
  public static List<Identity> ofKey(Read read, String keySha256) {
    return read.handle()
        .createQuery(
            "SELECT * FROM instance WHERE public_key_sha256 = :key OR key_sha256 = :key OR"
                + " (next_key_sha256 = :key AND next_key_sha256 <> '')")
        .bind("key", keySha256)
        .map(ROW)
        .list();
  }

  /**
   * Puts an instance into a state and says so in the log, but for one that goes: that has an event
   * of its own.
   *
   * @return whether it was in another
   */
  public static boolean become(Write write, InstanceId id, InstanceState state, String reason) {
    boolean changed =
        write
                .handle()
                .createUpdate(
                    "UPDATE instance SET state = :state, state_reason = :reason, state_since ="
                        + " :now, identity_version = "
                        + NEXT_VERSION
                        + " WHERE id = :id AND state <> :state")
                .bind("state", state.name())
                .bind("reason", reason)
                .bind("now", write.now().toEpochMilli())
                .bind("id", id.value())
                .execute()
            == 1;
    if (changed && state != InstanceState.DEREGISTERED) {
      write.append(EVENT, List.of(id.value()), Map.of("state", state.name(), "reason", reason));
    }
    return changed;
  }

  static final String NEXT_VERSION =
      "(SELECT COALESCE(MAX(identity_version), 0) + 1 FROM instance WHERE identity_version > 0)";

  /**
   * Gives out a certificate: it counts from its first use on. One that waited does not any more.
   */
  public static void give(Write write, InstanceId id, Certified next) {
    write
        .handle()
        .createUpdate(
            "UPDATE instance SET next_serial = :serial, next_key_sha256 = :key, next_certificate ="
                + " :certificate, next_issued = :now WHERE id = :id")
        .bind("serial", next.serial())
        .bind("key", next.keySha256())
        .bind("certificate", next.certificate().toByteArray())
        .bind("now", write.now().toEpochMilli())
        .bind("id", id.value())
        .execute();
  }

  /** The one that was given out is used: it is in use now, and the one before is not any more. */
  public static boolean promote(Write write, InstanceId id, String serial) {
    return write
            .handle()
            .createUpdate(
                "UPDATE instance SET certificate_serial = next_serial, key_sha256 ="
                    + " next_key_sha256, certificate = next_certificate, promoted = :now,"
                    + " next_serial = '', next_key_sha256 = '', next_certificate = NULL,"
                    + " next_issued = NULL, identity_version = "
                    + NEXT_VERSION
                    + " WHERE id = :id AND next_serial = :serial AND next_serial <> ''")
            .bind("now", write.now().toEpochMilli())
            .bind("id", id.value())
            .bind("serial", serial)
            .execute()
        == 1;
  }

  /** Hears of the certificate in use of each instance that is ACTIVE, DER; one at a time. */
  public static void eachCertificate(Read read, Consumer<ByteString> each) {
    read.handle()
        .createQuery("SELECT certificate FROM instance WHERE state = :active")
        .bind("active", InstanceState.ACTIVE.name())
        .map((row, context) -> ByteString.copyFrom(row.getBytes("certificate")))
        .forEach(each);
  }

  /** No certificate that was given out counts any more; the key of the newest is still known. */
  public static void voidCertificates(Write write, InstanceId id) {
    write
        .handle()
        .createUpdate(
            "UPDATE instance SET certificate_serial = '', certificate = CASE next_serial WHEN ''"
                + " THEN certificate ELSE next_certificate END, key_sha256 = CASE next_serial WHEN"
                + " '' THEN key_sha256 ELSE next_key_sha256 END, next_serial = '', next_key_sha256"
                + " = '', next_certificate = NULL, next_issued = NULL WHERE id = :id")
        .bind("id", id.value())
        .execute();
  }

  /**
   * Only this copy may speak from here on. If it is one of several machines, the certificate that
   * it showed is in use again, whatever another got meanwhile.
   */
  public static void approve(Write write, InstanceId id, String nonce) {
    write
        .handle()
        .createUpdate(
            "UPDATE instance SET certificate_serial = claimant.serial, key_sha256 ="
                + " claimant.key_sha256, certificate = claimant.certificate, next_serial = '',"
                + " next_key_sha256 = '', next_certificate = NULL, next_issued = NULL FROM claimant"
                + " WHERE instance.id = :id AND claimant.instance_id = :id AND"
                + " claimant.install_nonce = :nonce")
        .bind("nonce", nonce)
        .bind("id", id.value())
        .execute();
    write
        .handle()
        .createUpdate("UPDATE instance SET approved_nonce = :nonce WHERE id = :id")
        .bind("nonce", nonce)
        .bind("id", id.value())
        .execute();
    write
        .handle()
        .createUpdate("DELETE FROM claimant WHERE instance_id = :id")
        .bind("id", id.value())
        .execute();
  }

  /** Notes the machine's fingerprint. */
  public static void fingerprint(Write write, InstanceId id, String fingerprint) {
    write
        .handle()
        .createUpdate(
            "UPDATE instance SET fingerprint = :fingerprint WHERE id = :id AND fingerprint <>"
                + " :fingerprint")
        .bind("fingerprint", fingerprint)
        .bind("id", id.value())
        .execute();
  }

  /** How often an instance came back by its key in the time up to now. */
  public static int recoveries(Read read, InstanceId id, Instant since) {
    return read.handle()
        .createQuery("SELECT COUNT(*) FROM recovery WHERE instance_id = :id AND time >= :since")
        .bind("id", id.value())
        .bind("since", since.toEpochMilli())
        .mapTo(Integer.class)
        .one();
  }

  /** It came back by its key; what is older than the time that counts is forgotten. */
  public static void recovered(Write write, InstanceId id, Duration counts) {
    write
        .handle()
        .createUpdate("DELETE FROM recovery WHERE instance_id = :id AND time < :old")
        .bind("id", id.value())
        .bind("old", write.now().minus(counts).toEpochMilli())
        .execute();
    write
        .handle()
        .createUpdate("INSERT OR IGNORE INTO recovery (instance_id, time) VALUES (:id, :now)")
        .bind("id", id.value())
        .bind("now", write.now().toEpochMilli())
        .execute();
  }

  /** Somebody let it in: what it did before does not count against it. */
  public static void forgetRecoveries(Write write, InstanceId id) {
    write
        .handle()
        .createUpdate("DELETE FROM recovery WHERE instance_id = :id")
        .bind("id", id.value())
        .execute();
  }

  /**
   * Notes who says that it is an instance, with the certificate in use, which it shows; the one
   * that was seen longest ago makes room. What the same process said it was before, it is no more.
   */
  public static void claims(Write write, InstanceId id, Claimant claimant, int atMost) {
    write
        .handle()
        .createUpdate(
            "DELETE FROM claimant WHERE instance_id = :id AND process = :process AND process <> ''")
        .bind("id", id.value())
        .bind("process", claimant.process())
        .execute();
    write
        .handle()
        .createUpdate(
            "INSERT OR REPLACE INTO claimant (instance_id, install_nonce, process, boot_id,"
                + " fingerprint, computer_name, address, seen, serial, key_sha256, certificate)"
                + " SELECT :id, :nonce, :process, :boot, :fingerprint, :computer, :address, :seen,"
                + " certificate_serial, key_sha256, certificate FROM instance WHERE id = :id")
        .bind("id", id.value())
        .bind("nonce", claimant.installNonce())
        .bind("process", claimant.process())
        .bind("boot", claimant.bootId())
        .bind("fingerprint", claimant.fingerprint())
        .bind("computer", claimant.computerName())
        .bind("address", claimant.address())
        .bind("seen", claimant.seen().toEpochMilli())
        .execute();
    write
        .handle()
        .createUpdate(
            "DELETE FROM claimant WHERE instance_id = :id AND install_nonce NOT IN (SELECT"
                + " install_nonce FROM claimant WHERE instance_id = :id ORDER BY seen DESC,"
                + " install_nonce LIMIT :most)")
        .bind("id", id.value())
        .bind("most", atMost)
        .execute();
  }

  /** Who says that it is an instance which is DUPLICATE; the newest first. */
  public static List<Claimant> claimants(Read read, InstanceId id) {
    return read.handle()
        .createQuery(
            "SELECT * FROM claimant WHERE instance_id = :id ORDER BY seen DESC, install_nonce")
        .bind("id", id.value())
        .map(
            (row, context) ->
                new Claimant(
                    row.getString("install_nonce"),
                    row.getString("process"),
                    row.getString("boot_id"),
                    row.getString("fingerprint"),
                    row.getString("computer_name"),
                    row.getString("address"),
                    Times.of(row, "seen")))
        .list();
  }

  /** The number of the newest change. */
  public static long version(Read read) {
    return read.handle()
        .createQuery(
            "SELECT COALESCE(MAX(identity_version), 0) FROM instance WHERE identity_version > 0")
        .mapTo(Long.class)
        .one();
  }

  /** What changed after one, in order. */
  public static List<Change> after(Read read, long version, int atMost) {
    return Plain.list(
        read.handle(),
        "SELECT identity_version, id, state, certificate_serial FROM instance WHERE"
            + " identity_version > ? AND identity_version > 0 ORDER BY identity_version LIMIT ?",
        row ->
            new Change(
                row.getLong(1),
                new InstanceId(row.getString(2)),
                InstanceState.valueOf(row.getString(3)),
                row.getString(4)),
        version,
        atMost);
  }
}

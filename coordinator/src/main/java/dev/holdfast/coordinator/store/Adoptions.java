package dev.holdfast.coordinator.store;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Identities.Certified;

/** Certificates that the store did not know, since it came back from a backup. */
public final class Adoptions {
  private Adoptions() {}

  /**
   * A certificate that the store did not know is in use from now on: its instance had it before the
   * store came back from a backup. Notes in which history that was.
   */
  public static void adopt(Write write, InstanceId id, Certified shown) {
    write
        .handle()
        .createUpdate(
            "UPDATE instance SET certificate_serial = :serial, key_sha256 = :key, certificate ="
                + " :certificate, promoted = :now, next_serial = '', next_key_sha256 = '',"
                + " next_certificate = NULL, next_issued = NULL, adopted_epoch = :epoch,"
                + " identity_version = "
                + Identities.NEXT_VERSION
                + " WHERE id = :id")
        .bind("serial", shown.serial())
        .bind("key", shown.keySha256())
        .bind("certificate", shown.certificate().toByteArray())
        .bind("now", write.now().toEpochMilli())
        .bind("epoch", write.epoch())
        .bind("id", id.value())
        .execute();
  }

  /** In which history a certificate of an instance was adopted last; 0 if none ever was. */
  public static long adopted(Read read, InstanceId id) {
    return read.handle()
        .createQuery("SELECT adopted_epoch FROM instance WHERE id = :id")
        .bind("id", id.value())
        .mapTo(Long.class)
        .findOne()
        .orElse(0L);
  }

  /** Says why an instance is in its state. */
  public static void explain(Write write, InstanceId id, String reason) {
    write
        .handle()
        .createUpdate("UPDATE instance SET state_reason = :reason WHERE id = :id")
        .bind("reason", reason)
        .bind("id", id.value())
        .execute();
  }
}

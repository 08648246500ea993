package dev.holdfast.coordinator.trust;

import com.google.protobuf.ByteString;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Adoptions;
import dev.holdfast.coordinator.store.AuditTrail;
import dev.holdfast.coordinator.store.Histories;
import dev.holdfast.coordinator.store.Histories.History;
import dev.holdfast.coordinator.store.Identities;
import dev.holdfast.coordinator.store.Identities.Certified;
import dev.holdfast.coordinator.store.Identities.Identity;
import dev.holdfast.coordinator.store.InstanceState;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.task.Sha256;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Certificates that the authority signed after the backup from which the store came back: the store
 * does not know them, and they are good. Each instance may show one such, once a restore, and that
 * is recorded; one that the store does not know at all becomes an instance that waits for approval.
 */
final class Newcomers {
  private static final Logger LOG = LoggerFactory.getLogger("trust");
  private static final String METHOD = "AdoptCertificate";
  private static final String ENROLLED =
      "it enrolled after the backup from which the store came back";

  /** A certificate's times are whole seconds. */
  private static final Duration ROUNDED = Duration.ofSeconds(2);

  private final BiConsumer<Write, InstanceId> changed;
  private final Supplier<UUID> ids;

  /**
   * With whom it tells.
   *
   * @param changed told, in its transaction, of an instance that came
   * @param ids for rows of the audit trail
   */
  Newcomers(BiConsumer<Write, InstanceId> changed, Supplier<UUID> ids) {
    this.changed = changed;
    this.ids = ids;
  }

  /** What becomes of a certificate that the store does not know. */
  enum Verdict {
    /** Its instance has it from now on. */
    ADOPT,
    /** It is of an instance that is not known: one that waits for approval from now on. */
    INTRODUCE,
    /** It counts no more than before. */
    NOTHING
  }

  /**
   * Decides: pure.
   *
   * @param histories of the store that began by a restore
   * @param epoch of the history in force
   * @param identity of the instance that the certificate names, if it is known
   * @param adopted in which history the instance showed such a certificate last; 0: in none
   * @param issued when the certificate was signed
   */
  static Verdict judge(
      List<History> histories,
      long epoch,
      Optional<Identity> identity,
      long adopted,
      Instant issued) {
    boolean forgotten =
        histories.stream()
            .anyMatch(
                history ->
                    !issued.isBefore(history.backedUp().minus(ROUNDED))
                        && !issued.isAfter(history.restored()));
    if (!forgotten) {
      return Verdict.NOTHING;
    }
    if (identity.isEmpty()) {
      return Verdict.INTRODUCE;
    }
    return switch (identity.get().state()) {
      case ACTIVE, PENDING -> adopted < epoch ? Verdict.ADOPT : Verdict.NOTHING;
      case REVOKED, DUPLICATE, DEREGISTERED -> Verdict.NOTHING;
    };
  }

  /**
   * Takes a certificate of the authority that names an instance, if it is one of these.
   *
   * @param address where it is shown from
   * @return the instance with that certificate in use; empty if nothing was changed
   */
  Optional<Identity> take(Write write, InstanceId id, X509Certificate certificate, String address) {
    List<History> histories = Histories.all(write.read());
    if (histories.isEmpty()) {
      return Optional.empty();
    }
    Optional<Identity> before = Identities.find(write.read(), id);
    Certified shown =
        new Certified(
            Holders.serial(certificate),
            ByteString.copyFrom(Enrolment.der(certificate)),
            Sha256.of(certificate.getPublicKey().getEncoded()).hex());
    if (Identities.ofKey(write.read(), shown.keySha256()).stream()
        .anyMatch(other -> !other.id().equals(id) || known(other, shown))) {
      return Optional.empty(); // it has been seen: if it does not count, that is for a reason
    }
    Instant issued = certificate.getNotBefore().toInstant().plus(Authority.BACK_DATED);
    switch (judge(histories, write.epoch(), before, Adoptions.adopted(write.read(), id), issued)) {
      case ADOPT -> {
        LOG.warn("instance={} shows a certificate that was given out after the backup", id);
        Adoptions.adopt(write, id, shown);
        audit(write, id, shown, address, "given out after the backup");
      }
      case INTRODUCE -> {
        LOG.warn("instance={} is not known: {}", id, ENROLLED);
        Instances.add(
            write,
            id,
            InstanceState.PENDING,
            "",
            "",
            shown.keySha256(),
            shown.serial(),
            shown.certificate().toByteArray(),
            "",
            "");
        Adoptions.adopt(write, id, shown);
        Adoptions.explain(write, id, ENROLLED);
        write.append(
            "InstanceRegistered",
            List.of(id.value()),
            Map.of("state", InstanceState.PENDING.name()));
        changed.accept(write, id);
        audit(write, id, shown, address, "PENDING: " + ENROLLED);
      }
      case NOTHING -> {
        return Optional.empty();
      }
    }
    return Identities.find(write.read(), id);
  }

  private static boolean known(Identity identity, Certified shown) {
    return identity.current().certificate().equals(shown.certificate());
  }

  private void audit(Write write, InstanceId id, Certified shown, String address, String reason) {
    AuditTrail.add(
        write,
        ids.get().toString(),
        METHOD,
        "instance " + id,
        address,
        List.of(id.value()),
        "ALLOWED",
        reason,
        "{\"serial\":\"" + shown.serial() + "\"}");
  }
}

package dev.holdfast.coordinator.trust;

import com.google.protobuf.ByteString;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.AuditTrail;
import dev.holdfast.coordinator.store.Histories;
import dev.holdfast.coordinator.store.Identities;
import dev.holdfast.coordinator.store.Identities.Certified;
import dev.holdfast.coordinator.store.Identities.Identity;
import dev.holdfast.coordinator.store.InstanceState;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.StoreException;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.task.IdentityLimits;
import dev.holdfast.task.Sha256;
import dev.holdfast.task.Timers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets an instance come back whose certificate has expired: it signs a challenge with the key of
 * its newest certificate. The challenge is a moment and what only this coordinator can compute from
 * it, so nothing is kept of those who ask for one. Thread-safe.
 */
public final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger("enrolment");
  private static final String METHOD = "Recover";
  private static final int MAX_SIGNATURE_BYTES = 256;
  private static final String PURPOSE = "holdfast-recover-1";

  private final Store store;
  private final Authority authority;
  private final Secrets secrets;
  private final BiConsumer<Write, InstanceId> changed;
  private final Supplier<UUID> ids;
  private final Timers timers;
  private final EnrolmentRates rates;
  private final Newcomers newcomers;

  /**
   * Over the rows and who signs.
   *
   * @param changed told, in its transaction, of an instance whose state changed
   * @param ids for rows of the audit trail
   * @param timers the clocks alone are used, from any thread
   * @param rates of those who enrol and recover, together
   */
  public Recovery(
      Store store,
      Authority authority,
      Secrets secrets,
      BiConsumer<Write, InstanceId> changed,
      Supplier<UUID> ids,
      Timers timers,
      EnrolmentRates rates) {
    this.store = store;
    this.authority = authority;
    this.secrets = secrets;
    this.changed = changed;
    this.ids = ids;
    this.timers = timers;
    this.rates = rates;
    this.newcomers = new Newcomers(changed, ids);
  }

  /** What an instance says. */
  public record Request(
      String instanceId,
      ByteString certificateRequest,
      ByteString challenge,
      ByteString signature,
      String installNonce,
      ByteString certificate,
      String address) {}

  /** What became of it. */
  public sealed interface Outcome {
    /** It is to sign this. */
    record Challenge(ByteString challenge) implements Outcome {}

    /** It has a certificate; whether it waits for approval it is told when it connects. */
    record Recovered(X509Certificate certificate) implements Outcome {}

    /** It does not come back; which of all the reasons is not told. */
    record Refused() implements Outcome {}

    /** Its certificate request is not good, whoever it is. */
    record Malformed(String reason) implements Outcome {}

    /** It asked too often. */
    record TooMany() implements Outcome {}
  }

  /**
   * Decides.
   *
   * @throws StoreException if the store can't be used; asking again is safe
   */
  public Outcome recover(Request request) {
    if (!rates.admits(request.address, timers.uptime())) {
      return new Outcome.TooMany();
    }
    PublicKey key;
    try {
      key = authority.requestedKey(request.certificateRequest.toByteArray());
    } catch (Authority.RequestRefused refused) {
      return new Outcome.Malformed(String.valueOf(refused.getMessage()));
    }
    if (!InstanceId.isValid(request.instanceId)) {
      return new Outcome.Refused();
    }
    if (request.challenge.isEmpty()) {
      return new Outcome.Challenge(challenge(request, timers.now().toEpochMilli()));
    }
    if (!ours(request)) {
      return new Outcome.Refused();
    }
    InstanceId id = new InstanceId(request.instanceId);
    Optional<Identity> known = store.read(read -> Identities.find(read, id));
    if (known.isEmpty() || signer(known.get(), request).isEmpty()) {
      return forgotten(id, request).isPresent()
          ? store.write(write -> decide(write, id, request, key))
          : new Outcome.Refused();
    }
    return store.write(write -> decide(write, id, request, key));
  }

  /**
   * The instance, if it proves that it has the key of a certificate that it was given after the
   * backup from which the store came back; that one is in use then.
   */
  private Optional<Identity> forgotten(InstanceId id, Request request) {
    if (store.epoch() == Histories.FIRST
        || request.certificate.isEmpty()
        || request.signature.size() > MAX_SIGNATURE_BYTES) {
      return Optional.empty();
    }
    X509Certificate shown;
    try {
      shown = Keys.certificate(request.certificate.toByteArray());
      if (!authority.signed(shown)
          || !Gate.uriNames(shown)
              .equals(List.of(Authority.agentName(authority.trustDomain(), id)))) {
        return Optional.empty();
      }
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
    return verifies(shown.getPublicKey(), signed(request), request.signature.toByteArray())
        ? store.write(write -> newcomers.take(write, id, shown, request.address))
        : Optional.empty();
  }

  private Outcome decide(Write write, InstanceId id, Request request, PublicKey key) {
    Identity identity = Identities.find(write.read(), id).orElseThrow();
    Optional<Certified> signer = signer(identity, request);
    if (signer.isEmpty() || !Renewal.mayBe(identity, request.installNonce)) {
      return new Outcome.Refused();
    }
    String hash = Sha256.of(key.getEncoded()).hex();
    Instant expired = Renewal.read(signer.get().certificate()).getNotAfter().toInstant();
    int before =
        Identities.recoveries(write.read(), id, write.now().minus(IdentityLimits.RECOVERIES_TIME));
    RecoveryRule.Verdict verdict = RecoveryRule.of(identity.state(), expired, before, write.now());
    if (verdict instanceof RecoveryRule.Verdict.Refused) {
      audit(write, request, "DENIED", "the instance is " + identity.state());
      return new Outcome.Refused();
    }
    Optional<X509Certificate> again = Renewal.again(identity, hash, write.now());
    if (again.isPresent()) {
      return new Outcome.Recovered(again.get()); // its answer was lost, or it never switched
    }
    if (Identities.ofKey(write.read(), hash).stream().anyMatch(other -> !other.id().equals(id))) {
      return new Outcome.Malformed("the certificate request is of another instance's key");
    }
    if (verdict instanceof RecoveryRule.Verdict.Waits(var reason)) {
      LOG.warn("instance={} waits for approval: {}", id, reason);
      Identities.become(write, id, InstanceState.PENDING, reason);
      changed.accept(write, id);
      audit(write, request, "ALLOWED", "PENDING: " + reason);
    } else {
      audit(write, request, "ALLOWED", "");
    }
    Identities.recovered(write, id, IdentityLimits.RECOVERIES_TIME);
    write.append("InstanceRecovered", List.of(id.value()), Map.of());
    return new Outcome.Recovered(Renewal.give(write, authority, id, key, hash));
  }

  /** The certificate with whose key the challenge is signed. */
  private static Optional<Certified> signer(Identity identity, Request request) {
    if (request.signature.size() > MAX_SIGNATURE_BYTES) {
      return Optional.empty();
    }
    byte[] signed = signed(request);
    return java.util.stream.Stream.concat(
            identity.next().map(Identities.Next::certified).stream(),
            java.util.stream.Stream.of(identity.current()))
        .filter(
            certified ->
                verifies(
                    Renewal.read(certified.certificate()).getPublicKey(),
                    signed,
                    request.signature.toByteArray()))
        .findFirst();
  }

  private static boolean verifies(PublicKey key, byte[] signed, byte[] signature) {
    try {
      Signature verifier = Signature.getInstance("SHA256withECDSA");
      verifier.initVerify(key);
      verifier.update(signed);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** What is signed: the purpose, the instance, the request's hash, the challenge. */
  private static byte[] signed(Request request) {
    byte[] head =
        (PURPOSE
                + "\n"
                + request.instanceId
                + "\n"
                + Sha256.of(request.certificateRequest.toByteArray())
                + "\n")
            .getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(head.length + request.challenge.size())
        .put(head)
        .put(request.challenge.toByteArray())
        .array();
  }

  private ByteString challenge(Request request, long millis) {
    String mac =
        secrets.ofCode(
            PURPOSE
                + "|"
                + request.instanceId
                + "|"
                + Sha256.of(request.certificateRequest.toByteArray())
                + "|"
                + millis);
    return ByteString.copyFrom(
        ByteBuffer.allocate(40).putLong(millis).put(HexFormat.of().parseHex(mac)).array());
  }

  private boolean ours(Request request) {
    if (request.challenge.size() != 40) {
      return false;
    }
    long millis = request.challenge.asReadOnlyByteBuffer().getLong();
    Duration age = Duration.ofMillis(timers.now().toEpochMilli() - millis);
    return !age.isNegative()
        && age.compareTo(IdentityLimits.CHALLENGE) <= 0
        && MessageDigest.isEqual(
            challenge(request, millis).toByteArray(), request.challenge.toByteArray());
  }

  private void audit(Write write, Request request, String decision, String reason) {
    AuditTrail.add(
        write,
        ids.get().toString(),
        METHOD,
        "instance " + request.instanceId,
        request.address,
        List.of(request.instanceId),
        decision,
        reason,
        "{}");
  }
}

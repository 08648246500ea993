package dev.holdfast.coordinator.trust;

import com.google.protobuf.ByteString;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Identities;
import dev.holdfast.coordinator.store.Identities.Certified;
import dev.holdfast.coordinator.store.Identities.Identity;
import dev.holdfast.coordinator.store.InstanceState;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.task.Sha256;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Gives an instance the next certificate, for a new key. What it says comes from the instance's row
 * alone. Thread-safe.
 */
public final class Renewal {
  private final Store store;
  private final Authority authority;

  /** Over the rows and who signs. */
  public Renewal(Store store, Authority authority) {
    this.store = store;
    this.authority = authority;
  }

  /** What became of a request. */
  public sealed interface Outcome {
    /** It has its certificate, now or before. */
    record Renewed(X509Certificate certificate) implements Outcome {}

    /** It gets none in this state. */
    record Refused(String reason) implements Outcome {}

    /** Its certificate request is not good. */
    record Malformed(String reason) implements Outcome {}

    /** It got another one just before. */
    record TooMany() implements Outcome {}
  }

  /**
   * Decides, and gives it out.
   *
   * @param installNonce of the copy that asks
   */
  public Outcome renew(InstanceId instance, ByteString request, String installNonce) {
    PublicKey key;
    try {
      key = authority.requestedKey(request.toByteArray());
    } catch (Authority.RequestRefused refused) {
      return new Outcome.Malformed(String.valueOf(refused.getMessage()));
    }
    String hash = Sha256.of(key.getEncoded()).hex();
    return store.write(write -> decide(write, instance, key, hash, installNonce));
  }

  private Outcome decide(
      Write write, InstanceId instance, PublicKey key, String hash, String installNonce) {
    Optional<Identity> found = Identities.find(write.read(), instance);
    if (found.isEmpty()
        || found.get().state() == InstanceState.DUPLICATE
        || !found.get().state().connects()) {
      return new Outcome.Refused("this instance gets no new certificate now");
    }
    Identity identity = found.get();
    if (!mayBe(identity, installNonce)) {
      return new Outcome.Refused("another copy of this host was chosen to be this instance");
    }
    Optional<X509Certificate> again = again(identity, hash, write.now());
    if (again.isPresent()) {
      return new Outcome.Renewed(again.get());
    }
    if (identity.current().keySha256().equals(hash)
        || Identities.ofKey(write.read(), hash).stream()
            .anyMatch(other -> !other.id().equals(instance))) {
      return new Outcome.Malformed("a certificate is renewed with a new key");
    }
    Instant spaced = write.now().minus(SerialRule.spacing(authority.agentLife()));
    if (Stream.concat(
            identity.next().map(Identities.Next::issued).stream(), identity.promoted().stream())
        .anyMatch(spaced::isBefore)) {
      return new Outcome.TooMany();
    }
    return new Outcome.Renewed(give(write, authority, instance, key, hash));
  }

  /** Whether nobody chose another copy of the host. */
  static boolean mayBe(Identity identity, String installNonce) {
    return identity.approvedNonce().isEmpty() || identity.approvedNonce().equals(installNonce);
  }

  /** The certificate that this key was given before, if it was not used yet and is good. */
  static Optional<X509Certificate> again(Identity identity, String hash, Instant now) {
    return identity
        .next()
        .map(Identities.Next::certified)
        .filter(next -> next.keySha256().equals(hash))
        .map(next -> read(next.certificate()))
        .filter(certificate -> now.isBefore(certificate.getNotAfter().toInstant()));
  }

  /** Signs a certificate and notes it as the next one. */
  static X509Certificate give(
      Write write, Authority authority, InstanceId instance, PublicKey key, String hash) {
    X509Certificate made;
    try {
      made = authority.agent(instance, key, write.now());
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("cannot sign a certificate", e);
    }
    Identities.give(
        write,
        instance,
        new Certified(Holders.serial(made), ByteString.copyFrom(Enrolment.der(made)), hash));
    return made;
  }

  static X509Certificate read(ByteString der) {
    try {
      return Keys.certificate(der.toByteArray());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was stored can't be read", e);
    }
  }
}

package dev.holdfast.agent.identity;

import dev.holdfast.association.InstanceId;
import dev.holdfast.config.HostPort;
import dev.holdfast.task.IdentityLimits;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What a host that has enrolled is and whom it trusts.
 *
 * @param coordinator where to reach it
 * @param trustDomain the coordinator's, fixed when it enrolled
 * @param installNonce random, made when it enrolled: tells copies of the folder apart
 * @param chain its certificate, leaf first
 * @param life how long such a certificate lives, as the coordinator said
 * @param fingerprint of the machine on which it enrolled; empty if that was not known
 * @param authorities the only ones that are trusted, 1 to 3; the one that signed last is first
 */
public record Identity(
    InstanceId instance,
    HostPort coordinator,
    String trustDomain,
    String installNonce,
    HostKey key,
    List<X509Certificate> chain,
    Duration life,
    String fingerprint,
    List<X509Certificate> authorities) {

  /** Copies the lists. */
  public Identity {
    chain = List.copyOf(chain);
    authorities = List.copyOf(authorities);
    if (authorities.isEmpty() || authorities.size() > IdentityLimits.MAX_AUTHORITIES) {
      throw new IllegalArgumentException(
          "an identity rests on 1 to " + IdentityLimits.MAX_AUTHORITIES + " authorities");
    }
  }

  /** The authority that signed last. */
  public X509Certificate authority() {
    return authorities.getFirst();
  }

  /** When its certificate ends. */
  public Instant notAfter() {
    return chain.getFirst().getNotAfter().toInstant();
  }

  /** Of the same coordinator at another address. */
  public Identity at(HostPort moved) {
    return new Identity(
        instance, moved, trustDomain, installNonce, key, chain, life, fingerprint, authorities);
  }

  Identity renewed(
      HostKey next, List<X509Certificate> signed, Duration lives, List<X509Certificate> trusted) {
    return new Identity(
        instance,
        coordinator,
        trustDomain,
        installNonce,
        next,
        signed,
        lives,
        fingerprint,
        trusted);
  }

  Identity withNonce(String nonce) {
    return new Identity(
        instance, coordinator, trustDomain, nonce, key, chain, life, fingerprint, authorities);
  }

  /** On the machine with this fingerprint. */
  public Identity on(String machine) {
    return new Identity(
        instance, coordinator, trustDomain, installNonce, key, chain, life, machine, authorities);
  }
}

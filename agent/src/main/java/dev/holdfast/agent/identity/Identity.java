package dev.holdfast.agent.identity;

import dev.holdfast.association.InstanceId;
import dev.holdfast.config.HostPort;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What a host that has enrolled is and whom it trusts.
 *
 * @param coordinator where to reach it
 * @param trustDomain the coordinator's, fixed when it enrolled
 * @param installNonce random, made when it enrolled: tells copies of the folder apart
 * @param chain its certificate, leaf first
 * @param authority the only one that is trusted
 */
public record Identity(
    InstanceId instance,
    HostPort coordinator,
    String trustDomain,
    String installNonce,
    HostKey key,
    List<X509Certificate> chain,
    X509Certificate authority) {

  /** Copies the list. */
  public Identity {
    chain = List.copyOf(chain);
  }

  Identity at(HostPort moved) {
    return new Identity(instance, moved, trustDomain, installNonce, key, chain, authority);
  }
}

package dev.holdfast.coordinator.server;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The key and certificates that the ports show. They can be replaced while the ports are open: new
 * connections see the new ones.
 */
public final class ShownIdentity extends X509ExtendedKeyManager {
  private volatile Shown current;

  /** With the first ones: the coordinator's key, its certificate, and those of its authority. */
  public ShownIdentity(
      PrivateKey key, X509Certificate certificate, List<X509Certificate> authority) {
    this.current = new Shown(1, key, chain(certificate, authority));
  }

  private static List<X509Certificate> chain(
      X509Certificate certificate, List<X509Certificate> authority) {
    return Stream.concat(Stream.of(certificate), authority.stream()).toList();
  }

  private record Shown(int number, PrivateKey key, List<X509Certificate> chain) {
    /** Another one for each identity, since key material is kept by it. */
    String alias() {
      return "holdfast-" + number;
    }
  }

  /** The coordinator's certificate, as it is shown now. */
  public X509Certificate certificate() {
    return current.chain.getFirst();
  }

  /** Shows others from now on. */
  public void replace(
      PrivateKey key, X509Certificate certificate, List<X509Certificate> authority) {
    current = new Shown(current.number + 1, key, chain(certificate, authority));
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return keyType.startsWith("EC") ? current.alias() : null;
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return chooseEngineServerAlias(keyType, issuers, null);
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return new String[] {current.alias()};
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return current.chain.toArray(X509Certificate[]::new);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return current.key;
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }
}

package dev.holdfast.agent.identity;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whom the agent takes for the coordinator: the holder of a certificate that leads to one authority
 * and says {@code spiffe://<trust domain>/coordinator}, and the name or address that was dialled.
 * No other authority of this machine matters. Used on the network's thread.
 */
final class CoordinatorTrust extends X509ExtendedTrustManager {
  private static final Pattern NAME = Pattern.compile("spiffe://([a-z0-9._-]{1,255})/coordinator");
  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";

  private final InstantSource clock;
  private final List<X509Certificate> authorities;
  private final String pin;
  private final Optional<String> trustDomain;
  private volatile Optional<Seen> seen = Optional.empty();

  private CoordinatorTrust(
      InstantSource clock,
      List<X509Certificate> authorities,
      String pin,
      Optional<String> trustDomain) {
    this.clock = clock;
    this.authorities = List.copyOf(authorities);
    this.pin = pin;
    this.trustDomain = trustDomain;
  }

  /** The authority is known. */
  static CoordinatorTrust of(X509Certificate authority, InstantSource clock) {
    return new CoordinatorTrust(
        clock, List.of(authority), Certificates.pin(authority), Optional.empty());
  }

  /** The authorities and the trust domain are known: the host is enrolled. */
  static CoordinatorTrust of(
      List<X509Certificate> authorities, String trustDomain, InstantSource clock) {
    return new CoordinatorTrust(
        clock, authorities, Certificates.pin(authorities.getFirst()), Optional.of(trustDomain));
  }

  /** Only the hash of the authority's key is known: the chain that is shown must have it. */
  static CoordinatorTrust pinned(String pin, InstantSource clock) {
    return new CoordinatorTrust(clock, List.of(), pin, Optional.empty());
  }

  /** The authority and trust domain of the coordinator that was believed. */
  record Seen(X509Certificate authority, String trustDomain) {}

  /** Empty before a connection was made. */
  Optional<Seen> seen() {
    return seen;
  }

  /** The hash of the authority's key. */
  String pin() {
    return pin;
  }

  private void check(X509Certificate[] chain, @Nullable String dialled)
      throws CertificateException {
    if (chain.length == 0) {
      throw new CertificateException("it shows no certificate");
    }
    X509Certificate root = root(Arrays.asList(chain));
    String domain = domain(chain[0]);
    List<String> purposes = chain[0].getExtendedKeyUsage();
    if (purposes == null || !purposes.contains(SERVER_AUTH)) {
      throw new CertificateException("its certificate is not for servers");
    }
    List<String> hosts = Certificates.hostNames(chain[0]);
    if (hosts.stream().noneMatch(host -> Certificates.sameHost(host, dialled))) {
      throw new CertificateException(
          "its certificate is for "
              + String.join(", ", hosts)
              + ", not for "
              + dialled
              + ": 'advertise' in the coordinator's configuration adds names and addresses");
    }
    seen = Optional.of(new Seen(root, domain));
  }

  /** The trusted authority to which a chain leads. */
  private X509Certificate root(List<X509Certificate> chain) throws CertificateException {
    List<X509Certificate> candidates =
        authorities.isEmpty()
            ? chain.stream()
                .filter(one -> one.getBasicConstraints() >= 0 && Certificates.pin(one).equals(pin))
                .toList()
            : authorities;
    CertificateException problem =
        new CertificateException(
            "no authority in the chain that it shows has the pinned key "
                + pin
                + "; if the coordinator's authority was changed, 'holdfast-coordinator ca show'"
                + " prints the new pin");
    for (X509Certificate candidate : candidates) {
      try {
        Certificates.check(chain, candidate, clock.instant());
        return candidate;
      } catch (GeneralSecurityException e) {
        problem = new CertificateException(reason(e), e);
      }
    }
    throw problem;
  }

  private String domain(X509Certificate leaf) throws CertificateException {
    List<String> names = Certificates.uriNames(leaf);
    Matcher matcher = NAME.matcher(names.size() == 1 ? names.getFirst() : "");
    if (!matcher.matches()) {
      throw new CertificateException("its certificate is not that of a coordinator: " + names);
    }
    String domain = matcher.group(1);
    if (trustDomain.isPresent() && !trustDomain.get().equals(domain)) {
      throw new CertificateException(
          "it belongs to the trust domain " + domain + ", not to " + trustDomain.get());
    }
    return domain;
  }

  private static String reason(GeneralSecurityException problem) {
    for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateExpiredException) {
        return "its certificate has expired, or this host's clock is ahead";
      }
      if (cause instanceof CertificateNotYetValidException) {
        return "its certificate is not valid yet, or this host's clock is behind";
      }
    }
    return problem instanceof CertPathValidatorException
        ? "its certificate does not lead to the authority that is trusted"
        : String.valueOf(problem.getMessage());
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain, engine.getPeerHost());
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw new CertificateException("whom a socket was opened to is not known");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("who was dialled is not known");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("an agent has no clients");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw new CertificateException("an agent has no clients");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("an agent has no clients");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return authorities.toArray(X509Certificate[]::new);
  }
}

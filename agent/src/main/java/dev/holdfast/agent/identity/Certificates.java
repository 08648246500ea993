package dev.holdfast.agent.identity;

import dev.holdfast.task.Sha256;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads and checks certificates. */
final class Certificates {
  private static final int DNS = 2;
  private static final int URI = 6;
  private static final int ADDRESS = 7;

  private Certificates() {}

  /** One certificate, DER or PEM. */
  static X509Certificate parse(byte[] bytes) throws CertificateException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(bytes));
  }

  /** {@code sha256:} and the hash of the key in a certificate, as the coordinator shows it. */
  static String pin(X509Certificate certificate) {
    return "sha256:" + Sha256.of(certificate.getPublicKey().getEncoded());
  }

  /**
   * Checks that the chain, leaf first, leads to the authority and is valid at the moment. Where the
   * authority's key comes in the chain, however it is certified there, the chain ends.
   */
  static void check(List<X509Certificate> chain, X509Certificate authority, Instant at)
      throws GeneralSecurityException {
    authority.checkValidity(Date.from(at));
    List<X509Certificate> path = new ArrayList<>();
    for (X509Certificate one : chain) {
      if (!path.isEmpty() && one.getPublicKey().equals(authority.getPublicKey())) {
        break;
      }
      path.add(one);
    }
    CertPath certPath = CertificateFactory.getInstance("X.509").generateCertPath(path);
    PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(authority, null)));
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(at));
    CertPathValidator.getInstance("PKIX").validate(certPath, parameters);
  }

  /** The URI names of a certificate. */
  static List<String> uriNames(X509Certificate certificate) throws CertificateException {
    return names(certificate, Set.of(URI));
  }

  /** The names and addresses of hosts that a certificate is for. */
  static List<String> hostNames(X509Certificate certificate) throws CertificateException {
    return names(certificate, Set.of(DNS, ADDRESS));
  }

  /**
   * Whether a name or address of a certificate is the one that was dialled; nothing is resolved.
   */
  static boolean sameHost(String name, @Nullable String dialled) {
    if (dialled == null) {
      return false;
    }
    try {
      return InetAddress.ofLiteral(name).equals(InetAddress.ofLiteral(dialled));
    } catch (IllegalArgumentException e) {
      return name.equalsIgnoreCase(dialled);
    }
  }

  private static List<String> names(X509Certificate certificate, Set<Integer> kinds)
      throws CertificateException {
    Collection<List<?>> names = certificate.getSubjectAlternativeNames();
    if (names == null) {
      return List.of();
    }
    return names.stream()
        .filter(name -> name.get(0) instanceof Integer kind && kinds.contains(kind))
        .map(name -> String.valueOf(name.get(1)))
        .toList();
  }
}

package dev.holdfast.coordinator.trust;

import dev.holdfast.association.InstanceId;
import dev.holdfast.task.Sha256;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/**
 * The coordinator's certificate authority. It is made at the first start, and is the only one that
 * agents and coordinator trust. What a certificate says is decided here, whatever a request asks
 * for.
 */
public final class Authority {
  /** How long the authority's own certificate lives. */
  static final Duration CA_LIFE = Duration.ofDays(3652);

  /** How long the coordinator's certificate lives; it is made anew at a start past half of it. */
  static final Duration COORDINATOR_LIFE = Duration.ofDays(90);

  /** Certificates begin a little before they are made, for clocks that are behind. */
  static final Duration BACK_DATED = Duration.ofHours(1);

  /** Bytes of a certificate request. */
  static final int MAX_REQUEST_BYTES = 4096;

  private final X509Certificate certificate;
  private final PrivateKey key;
  private final String trustDomain;
  private final SecureRandom random;
  private final Duration agentLife;

  private Authority(
      X509Certificate certificate,
      PrivateKey key,
      String trustDomain,
      SecureRandom random,
      Duration agentLife) {
    this.certificate = certificate;
    this.key = key;
    this.trustDomain = trustDomain;
    this.random = random;
    this.agentLife = agentLife;
  }

  /**
   * Reads the authority from the data folder, or makes it at the first start.
   *
   * @param agentLife how long the certificates of agents live
   */
  public static Authority open(
      Path folder, String trustDomain, SecureRandom random, Instant now, Duration agentLife)
      throws IOException, GeneralSecurityException {
    Path certificateFile = folder.resolve("ca.pem");
    Path keyFile = folder.resolve("ca.key");
    if (Files.notExists(keyFile)) {
      KeyPair pair = Keys.generate("secp384r1", random);
      X509Certificate made = makeCa(pair, trustDomain, random, now);
      Keys.write(certificateFile, "rw-r--r--", Keys.pem("CERTIFICATE", made.getEncoded()));
      Keys.write(folder.resolve("ca.pin"), "rw-r--r--", pin(made) + "\n");
      Keys.write(keyFile, "rw-------", Keys.pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
    }
    return new Authority(
        Keys.readCertificate(certificateFile),
        Keys.readKey(keyFile),
        trustDomain,
        random,
        agentLife);
  }

  /** How long the certificates of agents live. */
  public Duration agentLife() {
    return agentLife;
  }

  /** All that agents are to trust, the one in use first. */
  public List<X509Certificate> trusted() {
    return List.of(certificate);
  }

  /** The authority's own certificate. */
  public X509Certificate certificate() {
    return certificate;
  }

  /** The domain in which its names are. */
  public String trustDomain() {
    return trustDomain;
  }

  /** What hosts pin: {@code sha256:} and the hash of the key in a certificate. */
  public static String pin(X509Certificate certificate) {
    return "sha256:" + Sha256.of(certificate.getPublicKey().getEncoded());
  }

  /**
   * The coordinator's key and certificate in the data folder; made anew if it is past half its life
   * or lacks a name.
   */
  public Identity coordinator(Path folder, List<String> names, Instant now)
      throws IOException, GeneralSecurityException {
    Path certificateFile = folder.resolve("coordinator.pem");
    Path keyFile = folder.resolve("coordinator.key");
    Path namesFile = folder.resolve("coordinator.names");
    String wanted = String.join("\n", names) + "\n";
    boolean good =
        Files.exists(keyFile)
            && Files.exists(namesFile)
            && Files.readString(namesFile).equals(wanted)
            && Keys.readCertificate(certificateFile)
                .getNotAfter()
                .toInstant()
                .isAfter(now.plus(COORDINATOR_LIFE.dividedBy(2)));
    if (!good) {
      KeyPair pair = Keys.generate("secp256r1", random);
      List<GeneralName> subject = new ArrayList<>();
      subject.add(
          new GeneralName(
              GeneralName.uniformResourceIdentifier, "spiffe://" + trustDomain + "/coordinator"));
      for (String name : names) {
        subject.add(
            new GeneralName(isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName, name));
      }
      X509Certificate made =
          issue(
              pair.getPublic(),
              "CN=Holdfast coordinator",
              subject,
              KeyPurposeId.id_kp_serverAuth,
              COORDINATOR_LIFE,
              now);
      Files.deleteIfExists(namesFile);
      Keys.write(certificateFile, "rw-r--r--", Keys.pem("CERTIFICATE", made.getEncoded()));
      Keys.write(keyFile, "rw-------", Keys.pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
      Keys.write(namesFile, "rw-r--r--", wanted);
    }
    return new Identity(Keys.readKey(keyFile), Keys.readCertificate(certificateFile));
  }

  /** A key and its certificate. */
  public record Identity(PrivateKey key, X509Certificate certificate) {}

  /** A request that can't be granted; the message says why, for the host that asks. */
  public static final class RequestRefused extends Exception {
    private static final long serialVersionUID = 1L;

    RequestRefused(String message) {
      super(message);
    }
  }

  /** The key that a certificate request asks for. Its subject and its other wishes are ignored. */
  PublicKey requestedKey(byte[] request) throws RequestRefused {
    if (request.length > MAX_REQUEST_BYTES) {
      throw new RequestRefused(
          "the certificate request has more than " + MAX_REQUEST_BYTES + " bytes");
    }
    try {
      JcaPKCS10CertificationRequest parsed = new JcaPKCS10CertificationRequest(request);
      PublicKey publicKey = parsed.getPublicKey();
      boolean p256 =
          publicKey instanceof ECPublicKey ec && ec.getParams().getOrder().bitLength() == 256;
      if (!p256) {
        throw new RequestRefused(
            "the key of the certificate request is not an elliptic curve key of P-256");
      }
      if (!parsed.isSignatureValid(new JcaContentVerifierProviderBuilder().build(publicKey))) {
        throw new RequestRefused("the certificate request is not signed with its own key");
      }
      return publicKey;
    } catch (IOException
        | GeneralSecurityException
        | OperatorCreationException
        | PKCSException
        | RuntimeException e) {
      throw new RequestRefused("the certificate request can't be read");
    }
  }

  /** A certificate that says: the holder of this key is the agent of this instance. */
  X509Certificate agent(InstanceId instance, PublicKey publicKey, Instant now)
      throws GeneralSecurityException, IOException {
    return issue(
        publicKey,
        "CN=" + instance,
        List.of(
            new GeneralName(
                GeneralName.uniformResourceIdentifier, agentName(trustDomain, instance))),
        KeyPurposeId.id_kp_clientAuth,
        agentLife,
        now);
  }

  static String agentName(String trustDomain, InstanceId instance) {
    return agentPrefix(trustDomain) + instance;
  }

  static String agentPrefix(String trustDomain) {
    return "spiffe://" + trustDomain + "/agent/";
  }

  private X509Certificate issue(
      PublicKey publicKey,
      String subject,
      List<GeneralName> names,
      KeyPurposeId purpose,
      Duration life,
      Instant now)
      throws GeneralSecurityException, IOException {
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            certificate,
            serial(random),
            Date.from(now.minus(BACK_DATED)),
            Date.from(now.plus(life)),
            new javax.security.auth.x500.X500Principal(subject),
            publicKey);
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    builder.addExtension(Extension.extendedKeyUsage, true, new ExtendedKeyUsage(purpose));
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(names.toArray(GeneralName[]::new)));
    return sign(builder, key);
  }

  private static X509Certificate makeCa(
      KeyPair pair, String trustDomain, SecureRandom random, Instant now)
      throws GeneralSecurityException, IOException {
    X500Name name = new X500Name("CN=Holdfast CA of " + trustDomain);
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            name,
            serial(random),
            Date.from(now.minus(BACK_DATED)),
            Date.from(now.plus(CA_LIFE)),
            name,
            pair.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
    builder.addExtension(
        Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    return sign(builder, pair.getPrivate());
  }

  private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key)
      throws GeneralSecurityException, IOException {
    try {
      ContentSigner signer = new JcaContentSignerBuilder("SHA384withECDSA").build(key);
      return Keys.certificate(builder.build(signer).getEncoded());
    } catch (OperatorCreationException e) {
      throw new GeneralSecurityException("cannot sign a certificate", e);
    }
  }

  private static BigInteger serial(SecureRandom random) {
    return new BigInteger(127, random).setBit(126);
  }

  private static boolean isAddress(String name) {
    return name.contains(":") || name.matches("\\d{1,3}(\\.\\d{1,3}){3}");
  }
}

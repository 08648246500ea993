package dev.holdfast.faults;

import java.io.IOException;
import java.io.StringReader;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemReader;

/**
 * A certificate that a coordinator's own authority signed, and which it never would have made.
 *
 * @param chain it alone
 */
record Forged(KeyPair key, List<X509Certificate> chain) {
  Forged {
    chain = List.copyOf(chain);
  }

  /** By the authority of a data folder, with these names as URIs. */
  static Forged by(Path data, BigInteger serial, List<String> names)
      throws IOException, GeneralSecurityException {
    KeyPair key = HandMade.newKey();
    Instant now = Instant.now();
    try {
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              certificate(data.resolve("ca.pem")),
              serial,
              Date.from(now.minus(Duration.ofHours(1))),
              Date.from(now.plus(Duration.ofHours(1))),
              new X500Principal("CN=forged"),
              key.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(
          Extension.extendedKeyUsage, true, new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth));
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(
              names.stream()
                  .map(name -> new GeneralName(GeneralName.uniformResourceIdentifier, name))
                  .toArray(GeneralName[]::new)));
      byte[] made =
          builder
              .build(
                  new JcaContentSignerBuilder("SHA384withECDSA").build(key(data.resolve("ca.key"))))
              .getEncoded();
      return new Forged(key, List.of(certificate(made)));
    } catch (OperatorCreationException e) {
      throw new GeneralSecurityException("cannot sign", e);
    }
  }

  /** The certificate with which a coordinator serves, shown by somebody who calls. */
  static Forged server(Path data) throws IOException, GeneralSecurityException {
    X509Certificate certificate = certificate(data.resolve("coordinator.pem"));
    return new Forged(
        new KeyPair(certificate.getPublicKey(), key(data.resolve("coordinator.key"))),
        List.of(certificate));
  }

  private static X509Certificate certificate(Path file)
      throws IOException, GeneralSecurityException {
    return certificate(pem(file));
  }

  private static X509Certificate certificate(byte[] der) throws GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new java.io.ByteArrayInputStream(der));
  }

  private static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
    return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pem(file)));
  }

  private static byte[] pem(Path file) throws IOException {
    try (PemReader reader = new PemReader(new StringReader(Files.readString(file)))) {
      return reader.readPemObject().getContent();
    }
  }
}

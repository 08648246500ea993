package dev.holdfast.faults;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Certificates as nobody should make them. */
final class Papers {
  private Papers() {}

  /** A key and the certificates that go with it, the first its own. */
  record Bundle(PrivateKey key, List<X509Certificate> chain) {
    Bundle {
      chain = List.copyOf(chain);
    }
  }

  /** An authority. */
  record Authority(PrivateKey key, X509Certificate certificate) {}

  /** That of a coordinator, from its data folder. */
  static Authority authority(Path data) throws IOException, GeneralSecurityException {
    return new Authority(key(data.resolve("ca.key")), certificate(data.resolve("ca.pem")));
  }

  /** What a coordinator shows, from its data folder. */
  static Bundle coordinator(Path data) throws IOException, GeneralSecurityException {
    return new Bundle(
        key(data.resolve("coordinator.key")),
        List.of(certificate(data.resolve("coordinator.pem")), certificate(data.resolve("ca.pem"))));
  }

  /** Another one, of the same name. */
  static Authority stranger() throws IOException, GeneralSecurityException {
    KeyPair pair = HandMade.newKey();
    return new Authority(
        pair.getPrivate(),
        sign(
            pair.getPrivate(),
            new JcaX509v3CertificateBuilder(
                    new X500Name("CN=Holdfast CA of holdfast.local"),
                    BigInteger.TWO,
                    Date.from(Instant.now().minus(Duration.ofHours(1))),
                    Date.from(Instant.now().plus(Duration.ofDays(1))),
                    new X500Name("CN=Holdfast CA of holdfast.local"),
                    pair.getPublic())
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))));
  }

  /** What a coordinator could show that this authority let be one, for these names, until then. */
  static Bundle server(Authority by, String uri, String address, Instant until)
      throws IOException, GeneralSecurityException {
    return server(
        by,
        List.of(
            new GeneralName(GeneralName.uniformResourceIdentifier, uri),
            new GeneralName(GeneralName.iPAddress, address)),
        until);
  }

  /** What a web site with these names shows. */
  static Bundle site(Authority by, List<String> names)
      throws IOException, GeneralSecurityException {
    return server(
        by,
        names.stream().map(name -> new GeneralName(GeneralName.dNSName, name)).toList(),
        Instant.now().plus(Duration.ofDays(1)));
  }

  private static Bundle server(Authority by, List<GeneralName> names, Instant until)
      throws IOException, GeneralSecurityException {
    KeyPair pair = HandMade.newKey();
    X509Certificate made =
        sign(
            by.key,
            new JcaX509v3CertificateBuilder(
                    by.certificate,
                    BigInteger.valueOf(System.nanoTime()),
                    Date.from(until.minus(Duration.ofDays(2))),
                    Date.from(until),
                    new javax.security.auth.x500.X500Principal("CN=Holdfast coordinator"),
                    pair.getPublic())
                .addExtension(
                    Extension.extendedKeyUsage,
                    true,
                    new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
                .addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(names.toArray(GeneralName[]::new))));
    return new Bundle(pair.getPrivate(), List.of(made, by.certificate));
  }

  /** TLS of a server that shows this. */
  static SSLContext serving(Bundle shown) throws IOException, GeneralSecurityException {
    char[] none = new char[0];
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, none);
    store.setKeyEntry("own", shown.key, none, shown.chain.toArray(X509Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, none);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  private static X509Certificate sign(
      PrivateKey key, org.bouncycastle.cert.X509v3CertificateBuilder builder)
      throws GeneralSecurityException {
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
    } catch (OperatorCreationException e) {
      throw new GeneralSecurityException("cannot sign a certificate", e);
    }
  }

  private static X509Certificate certificate(Path file)
      throws IOException, GeneralSecurityException {
    try (var in = Files.newInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  /** The first key of a file. */
  private static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
    String base64 =
        Files.readAllLines(file, StandardCharsets.US_ASCII).stream()
            .dropWhile(line -> !line.equals("-----BEGIN PRIVATE KEY-----"))
            .skip(1)
            .takeWhile(line -> !line.startsWith("-----"))
            .collect(Collectors.joining());
    return KeyFactory.getInstance("EC")
        .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
  }
}

package dev.holdfast.coordinator.trust;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
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
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes certificates of the two forms that there are: of an authority, and of whoever calls. */
final class CertificateMaker {
  private final SecureRandom random;

  CertificateMaker(SecureRandom random) {
    this.random = random;
  }

  /** Who signs: a name and its key. */
  record Signer(X500Principal name, PrivateKey key) {}

  /**
   * A certificate of an authority.
   *
   * @param below how many authorities there may be between it and those whom it signs for
   */
  X509Certificate authority(
      Signer signer, X500Principal name, PublicKey key, int below, Instant from, Instant until)
      throws GeneralSecurityException, IOException {
    X509v3CertificateBuilder builder = builder(signer, name, key, from, until);
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(below));
    builder.addExtension(
        Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    return sign(builder, signer.key);
  }

  /** A certificate of whoever calls or is called. */
  X509Certificate caller(
      Signer signer,
      X500Principal name,
      PublicKey key,
      List<GeneralName> names,
      KeyPurposeId purpose,
      Instant now,
      Duration life)
      throws GeneralSecurityException, IOException {
    X509v3CertificateBuilder builder =
        builder(signer, name, key, now.minus(Authority.BACK_DATED), now.plus(life));
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    builder.addExtension(Extension.extendedKeyUsage, true, new ExtendedKeyUsage(purpose));
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(names.toArray(GeneralName[]::new)));
    return sign(builder, signer.key);
  }

  private X509v3CertificateBuilder builder(
      Signer signer, X500Principal name, PublicKey key, Instant from, Instant until) {
    return new JcaX509v3CertificateBuilder(
        signer.name, serial(), Date.from(from), Date.from(until), name, key);
  }

  private BigInteger serial() {
    return new BigInteger(127, random).setBit(126);
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
}

package dev.holdfast.agent.identity;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;

/**
 * The host's key pair: elliptic curve P-256, made on this host.
 *
 * @param privateKey never leaves the host
 */
record HostKey(PrivateKey privateKey, PublicKey publicKey) {
  private static final String ECDSA_SHA256 = "1.2.840.10045.4.3.2";

  static HostKey generate(SecureRandom random) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), random);
    KeyPair pair = generator.generateKeyPair();
    return new HostKey(pair.getPrivate(), pair.getPublic());
  }

  /** From the encoded forms of both. */
  static HostKey of(byte[] privateKey, byte[] publicKey) throws GeneralSecurityException {
    KeyFactory factory = KeyFactory.getInstance("EC");
    return new HostKey(
        factory.generatePrivate(new PKCS8EncodedKeySpec(privateKey)),
        factory.generatePublic(new X509EncodedKeySpec(publicKey)));
  }

  /** Asks for a certificate of this key: PKCS#10, DER. It has no subject: nobody would heed it. */
  byte[] certificateRequest() throws GeneralSecurityException {
    byte[] noSubject = Der.sequence();
    byte[] noAttributes = Der.of(0xa0);
    byte[] request = Der.sequence(Der.integer(0), noSubject, publicKey.getEncoded(), noAttributes);
    return Der.sequence(request, Der.sequence(Der.objectId(ECDSA_SHA256)), Der.bits(sign(request)));
  }

  /** Signs bytes: SHA-256 with ECDSA, DER. */
  byte[] sign(byte[] bytes) throws GeneralSecurityException {
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(privateKey);
    signature.update(bytes);
    return signature.sign();
  }

  /** Does not show the private half. */
  @Override
  public String toString() {
    return "HostKey[" + publicKey + "]";
  }
}

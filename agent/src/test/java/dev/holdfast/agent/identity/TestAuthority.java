package dev.holdfast.agent.identity;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Optional;

/** A certificate authority for tests: as much of X.509 as they need. */
public final class TestAuthority {
  private static final byte[] LOOPBACK = {127, 0, 0, 1};
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

  private final HostKey key;
  private final byte[] name;
  private final X509Certificate certificate;

  /** Makes one with a name and a key of its own. */
  public TestAuthority(String name) throws GeneralSecurityException {
    this.key = HostKey.generate(RANDOM);
    this.name = name(name);
    byte[] authority = Der.sequence(Der.of(0x01, new byte[] {(byte) 0xff}));
    this.certificate =
        issue(
            this.name,
            key.publicKey(),
            Duration.ofDays(1),
            Der.sequence(extension("2.5.29.19", authority)));
  }

  /** Its own certificate. */
  public X509Certificate certificate() {
    return certificate;
  }

  /** A certificate of another authority's key, by this one. */
  X509Certificate vouch(TestAuthority other) throws GeneralSecurityException {
    byte[] authority = Der.sequence(Der.of(0x01, new byte[] {(byte) 0xff}));
    return issue(
        other.name,
        other.key.publicKey(),
        Duration.ofDays(1),
        Der.sequence(extension("2.5.29.19", authority)));
  }

  /** The hash of its key, in the form that people pin. */
  public String pin() {
    return Certificates.pin(certificate);
  }

  /** A server's or client's key with its certificate. */
  record Leaf(HostKey key, X509Certificate certificate) {}

  Leaf coordinator(String trustDomain) throws GeneralSecurityException {
    return server("spiffe://" + trustDomain + "/coordinator", Duration.ofHours(1));
  }

  Leaf server(String uri, Duration life) throws GeneralSecurityException {
    return server(uri, life, LOOPBACK);
  }

  Leaf server(String uri, Duration life, byte[] address) throws GeneralSecurityException {
    HostKey made = HostKey.generate(RANDOM);
    return new Leaf(made, leaf(made.publicKey(), uri, SERVER_AUTH, life, Der.of(0x87, address)));
  }

  Leaf clientThatPosesAsServer(String uri) throws GeneralSecurityException {
    HostKey made = HostKey.generate(RANDOM);
    return new Leaf(
        made,
        leaf(made.publicKey(), uri, CLIENT_AUTH, Duration.ofHours(1), Der.of(0x87, LOOPBACK)));
  }

  X509Certificate agent(PublicKey publicKey, String uri) throws GeneralSecurityException {
    return leaf(publicKey, uri, CLIENT_AUTH, Duration.ofHours(1), new byte[0]);
  }

  private X509Certificate leaf(
      PublicKey publicKey, String uri, String purpose, Duration life, byte[] otherNames)
      throws GeneralSecurityException {
    byte[] uriName = Der.of(0x86, uri.getBytes(StandardCharsets.US_ASCII));
    return issue(
        name("leaf"),
        publicKey,
        life,
        Der.sequence(
            extension("2.5.29.37", Der.sequence(Der.objectId(purpose))),
            extension("2.5.29.17", Der.sequence(uriName, otherNames))));
  }

  private X509Certificate issue(
      byte[] subject, PublicKey publicKey, Duration life, byte[] extensions)
      throws GeneralSecurityException {
    Instant now = Instant.now();
    byte[] serial = new byte[8];
    RANDOM.nextBytes(serial);
    serial[0] = 1;
    byte[] algorithm = Der.sequence(Der.objectId("1.2.840.10045.4.3.2"));
    byte[] body =
        Der.sequence(
            Der.of(0xa0, Der.integer(2)),
            Der.of(0x02, serial),
            algorithm,
            name,
            Der.sequence(time(now.minus(Duration.ofHours(2))), time(now.plus(life))),
            subject,
            publicKey.getEncoded(),
            Der.of(0xa3, extensions));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(key.privateKey());
    signature.update(body);
    return Certificates.parse(Der.sequence(body, algorithm, Der.bits(signature.sign())));
  }

  private static byte[] extension(String id, byte[] value) {
    return Der.sequence(Der.objectId(id), Der.of(0x04, value));
  }

  private static byte[] time(Instant at) {
    return Der.of(0x18, TIME.format(at).getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] name(String commonName) {
    return Der.sequence(
        Der.of(Der.SET, Der.sequence(Der.objectId("2.5.4.3"), Der.text(commonName))));
  }

  /** The key that a certificate request asks for, if the request is signed with it. */
  static Optional<PublicKey> requestedKey(byte[] request) throws GeneralSecurityException {
    Part whole = Part.at(request, 0);
    Part info = Part.at(request, whole.content());
    Part algorithm = Part.at(request, info.end());
    Part bits = Part.at(request, algorithm.end());
    Part version = Part.at(request, info.content());
    Part subject = Part.at(request, version.end());
    Part spki = Part.at(request, subject.end());
    if (whole.end() != request.length || bits.end() != request.length) {
      return Optional.empty();
    }
    PublicKey publicKey =
        KeyFactory.getInstance("EC")
            .generatePublic(
                new X509EncodedKeySpec(Arrays.copyOfRange(request, spki.start(), spki.end())));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initVerify(publicKey);
    signature.update(request, info.start(), info.end() - info.start());
    boolean good = signature.verify(Arrays.copyOfRange(request, bits.content() + 1, bits.end()));
    return good ? Optional.of(publicKey) : Optional.empty();
  }

  private record Part(int start, int content, int end) {
    static Part at(byte[] bytes, int start) {
      int first = bytes[start + 1] & 0xff;
      if (first < 0x80) {
        return new Part(start, start + 2, start + 2 + first);
      }
      int count = first & 0x7f;
      int length = 0;
      for (int i = 0; i < count; i++) {
        length = (length << 8) | (bytes[start + 2 + i] & 0xff);
      }
      return new Part(start, start + 2 + count, start + 2 + count + length);
    }
  }
}

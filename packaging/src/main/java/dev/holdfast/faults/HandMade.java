package dev.holdfast.faults;

import com.google.protobuf.ByteString;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.agent.EnrollRequest;
import dev.holdfast.wire.agent.EnrollResponse;
import dev.holdfast.wire.agent.EnrolmentServiceGrpc;
import dev.holdfast.wire.agent.LinkServiceGrpc;
import dev.holdfast.wire.agent.RecoverRequest;
import dev.holdfast.wire.agent.RenewRequest;
import dev.holdfast.wire.v1.CreateActivationResponse;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.jspecify.annotations.Nullable;

/** An agent of which every message is made by hand: it can say what no agent of ours would. */
final class HandMade implements AutoCloseable {
  private final EnrollResponse enrolled;
  private KeyPair key;
  private final ManagedChannel channel;

  private HandMade(EnrollResponse enrolled, KeyPair key, ManagedChannel channel) {
    this.enrolled = enrolled;
    this.key = key;
    this.channel = channel;
  }

  /** A key as agents have them. */
  static KeyPair newKey() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  /** A certificate request for a key, PKCS#10. */
  static byte[] request(KeyPair key) throws IOException {
    try {
      return new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=host"), key.getPublic())
          .build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate()))
          .getEncoded();
    } catch (OperatorCreationException e) {
      throw new IOException("cannot sign a request", e);
    }
  }

  /** Asks to be enrolled; a call of its own connection. */
  static EnrollResponse enroll(
      String address, Path authority, String activation, String code, byte[] request)
      throws IOException {
    ManagedChannel channel = channel(address, authority, null, List.of());
    try {
      return EnrolmentServiceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(20, TimeUnit.SECONDS)
          .enroll(
              EnrollRequest.newBuilder()
                  .setActivationId(activation)
                  .setActivationCode(code)
                  .setCertificateRequest(ByteString.copyFrom(request))
                  .setAgentVersion("0")
                  .setComputerName("handmade")
                  .build());
    } finally {
      channel.shutdownNow();
    }
  }

  /** Enrols, and opens a connection as that instance. */
  static HandMade join(String address, Path authority, String activation, String code)
      throws IOException, GeneralSecurityException {
    KeyPair key = newKey();
    EnrollResponse enrolled = enroll(address, authority, activation, code, request(key));
    return new HandMade(enrolled, key, channel(address, authority, key, chain(enrolled)));
  }

  /** Its certificate, and that of who made it. */
  static List<X509Certificate> chain(EnrollResponse answer) throws GeneralSecurityException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    java.util.ArrayList<X509Certificate> chain = new java.util.ArrayList<>();
    for (ByteString der : answer.getCertificateChainList()) {
      chain.add(
          (X509Certificate)
              factory.generateCertificate(new ByteArrayInputStream(der.toByteArray())));
    }
    return chain;
  }

  /** The same instance with the next certificate, of a key of its own. */
  HandMade renewed(String address, Path authority) throws IOException, GeneralSecurityException {
    KeyPair next = newKey();
    List<ByteString> chain =
        LinkServiceGrpc.newBlockingStub(channel)
            .withDeadlineAfter(20, TimeUnit.SECONDS)
            .renew(
                RenewRequest.newBuilder()
                    .setCertificateRequest(ByteString.copyFrom(request(next)))
                    .build())
            .getCertificateChainList();
    EnrollResponse now =
        enrolled.toBuilder().clearCertificateChain().addAllCertificateChain(chain).build();
    return new HandMade(now, next, channel(address, authority, next, chain(now)));
  }

  /** The same keys, saying that they are of another instance. */
  HandMade posingAs(String instance) {
    return new HandMade(enrolled.toBuilder().setInstanceId(instance).build(), key, channel);
  }

  /** A certificate of its key that ended then; nobody of importance signed it. */
  X509Certificate expired(Instant at) throws GeneralSecurityException {
    X500Name name = new X500Name("CN=" + instance());
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(
              new JcaX509v3CertificateBuilder(
                      name,
                      BigInteger.TEN,
                      Date.from(at.minus(Duration.ofDays(7))),
                      Date.from(at),
                      name,
                      key.getPublic())
                  .build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate())));
    } catch (OperatorCreationException e) {
      throw new GeneralSecurityException("cannot sign a certificate", e);
    }
  }

  /**
   * Comes back by its key, on a connection that does not say who it is. Its key is the next one.
   */
  void recover(String address, Path authority) throws IOException, GeneralSecurityException {
    KeyPair next = newKey();
    ByteString request = ByteString.copyFrom(request(next));
    ManagedChannel unnamed = channel(address, authority, null, List.of());
    try {
      EnrolmentServiceGrpc.EnrolmentServiceBlockingStub calls =
          EnrolmentServiceGrpc.newBlockingStub(unnamed).withDeadlineAfter(20, TimeUnit.SECONDS);
      RecoverRequest asks =
          RecoverRequest.newBuilder()
              .setInstanceId(instance())
              .setCertificateRequest(request)
              .build();
      ByteString challenge = calls.recover(asks).getChallenge();
      String head =
          "holdfast-recover-1\n" + instance() + "\n" + Sha256.of(request.toByteArray()) + "\n";
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(key.getPrivate());
      signature.update(head.getBytes(StandardCharsets.UTF_8));
      signature.update(challenge.toByteArray());
      var _ =
          calls.recover(
              asks.toBuilder()
                  .setChallenge(challenge)
                  .setSignature(ByteString.copyFrom(signature.sign()))
                  .build());
      key = next;
    } finally {
      unnamed.shutdownNow();
    }
  }

  /** Asks to be enrolled again, with the key that it has; the id. */
  String enrollAgain(String address, Path authority, CreateActivationResponse activation)
      throws IOException {
    return enroll(
            address,
            authority,
            activation.getActivationId(),
            activation.getActivationCode(),
            request(key))
        .getInstanceId();
  }

  /** Another connection of the same instance. */
  ManagedChannel another(String address, Path authority)
      throws IOException, GeneralSecurityException {
    return channel(address, authority, key, chain(enrolled));
  }

  /** Its key and certificates. */
  Papers.Bundle bundle() throws GeneralSecurityException {
    return new Papers.Bundle(key.getPrivate(), chain(enrolled));
  }

  /** TLS for connections of the same instance that are not gRPC's. */
  SSLContext tls(Path authority) throws IOException, GeneralSecurityException {
    return context(authority, key, chain(enrolled));
  }

  /** TLS for connections of nobody. */
  static SSLContext strangersTls(Path authority) throws IOException, GeneralSecurityException {
    return context(authority, null, List.of());
  }

  private static SSLContext context(
      Path authority, @Nullable KeyPair key, List<X509Certificate> chain)
      throws IOException, GeneralSecurityException {
    char[] none = new char[0];
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, none);
    try (InputStream in = Files.newInputStream(authority)) {
      trusted.setCertificateEntry(
          "authority", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    KeyStore own = KeyStore.getInstance("PKCS12");
    own.load(null, none);
    if (key != null) {
      own.setKeyEntry("own", key.getPrivate(), none, chain.toArray(X509Certificate[]::new));
    }
    keys.init(own, none);
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  String instance() {
    return enrolled.getInstanceId();
  }

  ManagedChannel channel() {
    return channel;
  }

  KeyPair key() {
    return key;
  }

  /** The chain that it was given. */
  List<X509Certificate> chain() throws GeneralSecurityException {
    return chain(enrolled);
  }

  /** What proves to a coordinator that the key of this instance is here, for what is asked. */
  ByteString proof(RecoverRequest asked) throws GeneralSecurityException {
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest(asked.getCertificateRequest().toByteArray());
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(key.getPrivate());
    signature.update(
        ("holdfast-recover-1\n"
                + asked.getInstanceId()
                + "\n"
                + HexFormat.of().formatHex(hash)
                + "\n")
            .getBytes(StandardCharsets.UTF_8));
    signature.update(asked.getChallenge().toByteArray());
    return ByteString.copyFrom(signature.sign());
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  /** A connection that shows that certificate, or none. */
  static ManagedChannel channel(
      String address, Path authority, @Nullable KeyPair key, List<X509Certificate> chain)
      throws IOException {
    SslContextBuilder tls =
        GrpcSslContexts.configure(GrpcSslContexts.forClient(), SslProvider.JDK)
            .protocols("TLSv1.3")
            .trustManager(authority.toFile());
    if (key != null) {
      tls.keyManager(key.getPrivate(), chain.toArray(X509Certificate[]::new));
    }
    return NettyChannelBuilder.forTarget("dns:///" + address).sslContext(tls.build()).build();
  }
}

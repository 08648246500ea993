package dev.holdfast.faults;

import com.google.protobuf.ByteString;
import dev.holdfast.wire.agent.EnrollRequest;
import dev.holdfast.wire.agent.EnrollResponse;
import dev.holdfast.wire.agent.EnrolmentServiceGrpc;
import dev.holdfast.wire.agent.RecoverRequest;
import dev.holdfast.wire.v1.CreateActivationResponse;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.jspecify.annotations.Nullable;

/** An agent of which every message is made by hand: it can say what no agent of ours would. */
final class HandMade implements AutoCloseable {
  private final EnrollResponse enrolled;
  private final KeyPair key;
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

package dev.holdfast.agent.identity;

import com.google.protobuf.ByteString;
import dev.holdfast.task.Failpoints;
import dev.holdfast.task.Limits;
import dev.holdfast.task.Sha256;
import dev.holdfast.task.Timers;
import dev.holdfast.wire.agent.EnrolmentServiceGrpc;
import dev.holdfast.wire.agent.RecoverRequest;
import dev.holdfast.wire.agent.RecoverResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The identity of this host while the agent runs. The key of the next certificate is on disk before
 * it is asked for; key and certificate become the host's in one write. So a crash at any point is
 * followed by a start with the old identity, which asks again with the same key, or with the new
 * one. On the agent's own thread only, but {@link #current}.
 */
public final class Passport implements Papers {
  private static final Logger LOG = LoggerFactory.getLogger("identity");
  private static final String PURPOSE = "holdfast-recover-1";

  private final IdentityFile file;
  private final Channels channels;
  private final Timers timers;
  private final SecureRandom random;
  private volatile Identity identity;

  /**
   * Of a host that has enrolled.
   *
   * @param timers post to the agent's thread, from any thread
   */
  public Passport(
      Identity identity, IdentityFile file, Channels channels, Timers timers, SecureRandom random) {
    this.identity = identity;
    this.file = file;
    this.channels = channels;
    this.timers = timers;
    this.random = random;
  }

  /** The identity as it is now. From any thread. */
  public Identity current() {
    return identity;
  }

  @Override
  public Optional<Validity> validity() {
    return Optional.of(new Validity(identity.notAfter(), identity.life()));
  }

  @Override
  public ByteString request() {
    try {
      return ByteString.copyFrom(file.nextKey(random, identity.key()).certificateRequest());
    } catch (GeneralSecurityException e) {
      throw new IdentityException("the host's key can't be used: " + e.getMessage(), e);
    }
  }

  @Override
  public void accept(Answer answer) {
    HostKey key = file.nextKey(random, identity.key());
    try {
      List<X509Certificate> authorities = Bundle.of(identity.authorities(), answer.authorities());
      List<X509Certificate> chain = new ArrayList<>();
      for (ByteString one : answer.chain()) {
        chain.add(Certificates.parse(one.toByteArray()));
      }
      if (chain.isEmpty() || !chain.getFirst().getPublicKey().equals(key.publicKey())) {
        throw new IdentityException("the coordinator sent a certificate of another key");
      }
      String name = "spiffe://" + identity.trustDomain() + "/agent/" + identity.instance();
      if (!Certificates.uriNames(chain.getFirst()).equals(List.of(name))) {
        throw new IdentityException("the coordinator sent a certificate that does not say " + name);
      }
      Bundle.check(chain, authorities);
      Duration life =
          answer.life().isZero() || answer.life().isNegative() ? identity.life() : answer.life();
      Identity next = identity.renewed(key, chain, life, authorities);
      file.failpoints().reach(Failpoints.BEFORE_CERT_WRITE);
      file.write(next);
      identity = next;
      file.failpoints().reach(Failpoints.AFTER_SWITCH);
      LOG.info(
          "a new certificate serial={} until={}",
          chain.getFirst().getSerialNumber().toString(16),
          next.notAfter());
    } catch (GeneralSecurityException e) {
      throw new IdentityException(
          "the coordinator sent a certificate that is not good: " + e.getMessage(), e);
    }
  }

  @Override
  public Optional<String> installNonce() {
    return Optional.of(identity.installNonce());
  }

  @Override
  public void differ() {
    Identity other = identity.withNonce(IdentityFile.nonce(random));
    file.replace(other);
    identity = other;
  }

  /** Asks for a challenge, signs it, and takes the certificate. */
  @Override
  public void recover(Consumer<String> done) {
    ManagedChannel channel = channels.openUnnamed(identity);
    ByteString request = request();
    RecoverRequest asks =
        RecoverRequest.newBuilder()
            .setInstanceId(identity.instance().value())
            .setCertificateRequest(request)
            .setInstallNonce(identity.installNonce())
            .setCertificate(newest())
            .build();
    // By the key in use; then by the one that waits, since the coordinator forgets the other when
    // it is told to ban a host that was just given a certificate.
    List<HostKey> keys = List.of(identity.key(), file.nextKey(random, identity.key()));
    Consumer<String> ended =
        outcome -> {
          channel.shutdownNow();
          done.accept(outcome);
        };
    call(
        channel,
        asks,
        challenged -> prove(channel, asks, challenged.getChallenge(), keys, ended),
        failure -> ended.accept(CallFailure.reason(failure)));
  }

  /** For a coordinator whose store came back from a backup that does not know it. */
  private ByteString newest() {
    try {
      return ByteString.copyFrom(identity.chain().getFirst().getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was parsed has a form", e);
    }
  }

  private void prove(
      ManagedChannel channel,
      RecoverRequest asks,
      ByteString challenge,
      List<HostKey> keys,
      Consumer<String> ended) {
    RecoverRequest proves =
        asks.toBuilder()
            .setChallenge(challenge)
            .setSignature(proof(keys.getFirst(), asks.getCertificateRequest(), challenge))
            .build();
    call(
        channel,
        proves,
        answer -> {
          try {
            accept(
                new Answer(
                    answer.getCertificateChainList(),
                    Duration.ofSeconds(answer.getLifeSeconds()),
                    answer.getAuthoritiesList()));
          } catch (IdentityException e) {
            ended.accept(String.valueOf(e.getMessage()));
            return;
          }
          ended.accept("");
        },
        failure -> {
          boolean refused = Status.fromThrowable(failure).getCode() == Status.Code.UNAUTHENTICATED;
          if (refused && keys.size() > 1) {
            prove(channel, asks, challenge, keys.subList(1, keys.size()), ended);
          } else {
            ended.accept(CallFailure.reason(failure));
          }
        });
  }

  private ByteString proof(HostKey key, ByteString request, ByteString challenge) {
    byte[] head =
        (PURPOSE + "\n" + identity.instance() + "\n" + Sha256.of(request.toByteArray()) + "\n")
            .getBytes(StandardCharsets.UTF_8);
    try {
      return ByteString.copyFrom(
          key.sign(
              ByteBuffer.allocate(head.length + challenge.size())
                  .put(head)
                  .put(challenge.toByteArray())
                  .array()));
    } catch (GeneralSecurityException e) {
      throw new IdentityException("the host's key can't be used: " + e.getMessage(), e);
    }
  }

  /** One call; what it leads to is done on the agent's thread. */
  private void call(
      ManagedChannel channel,
      RecoverRequest request,
      Consumer<RecoverResponse> then,
      Consumer<Throwable> failed) {
    EnrolmentServiceGrpc.newStub(channel)
        .withDeadlineAfter(Limits.OPEN.toMillis(), TimeUnit.MILLISECONDS)
        .recover(
            request,
            new StreamObserver<>() {
              @Override
              public void onNext(RecoverResponse response) {
                timers.after(Duration.ZERO, () -> then.accept(response));
              }

              @Override
              public void onError(Throwable failure) {
                timers.after(Duration.ZERO, () -> failed.accept(failure));
              }

              @Override
              public void onCompleted() {
                // the answer was taken
              }
            });
  }
}

package dev.holdfast.agent.identity;

import com.google.protobuf.ByteString;
import dev.holdfast.association.InstanceId;
import dev.holdfast.config.HostPort;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.agent.EnrollRequest;
import dev.holdfast.wire.agent.EnrollResponse;
import dev.holdfast.wire.agent.EnrolmentServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Joins this host to a coordinator. The key is on disk before the first request, so a lost answer
 * is asked for again and is the same. The code is sent only to a coordinator whose certificate
 * leads to the pinned authority.
 */
public final class Enrolment {
  private static final int MAX_CODE = 1024;

  private final IdentityFile file;
  private final Channels channels;
  private final SecureRandom random;

  /** Over the file that becomes the host's identity. */
  public Enrolment(IdentityFile file, Channels channels, SecureRandom random) {
    this.file = file;
    this.channels = channels;
    this.random = random;
  }

  /** How the coordinator is known. */
  public sealed interface Anchor {
    /** By the hash of its authority's key: {@code sha256:} and 64 hex digits. */
    record Pin(String pin) implements Anchor {
      /** Refuses another form. */
      public Pin {
        if (!pin.matches("sha256:[0-9a-f]{64}")) {
          throw new IdentityException(
              "the pin must be sha256: and 64 lower-case hex digits, as in the coordinator's"
                  + " ca.pin");
        }
      }
    }

    /** By its authority's certificate, DER or PEM. */
    record Authority(ByteString certificate) implements Anchor {}
  }

  /**
   * What is asked for.
   *
   * @param activationCode a secret; never logged
   */
  public record Wish(
      HostPort coordinator,
      Anchor anchor,
      String activationId,
      String activationCode,
      String agentVersion,
      String computerName) {

    /** Checks what can be checked here. */
    public Wish {
      if (activationCode.isEmpty() || activationCode.length() > MAX_CODE) {
        throw new IdentityException("the activation code must have 1 to 1024 characters");
      }
    }

    /** Without the code. */
    @Override
    public String toString() {
      return "Wish[" + coordinator + " " + activationId + "]";
    }
  }

  /** Whether an identity was given by the coordinator of a wish: the same authority. */
  public boolean sameCoordinator(Identity identity, Wish wish) {
    return identity.authorities().stream()
        .map(Certificates::pin)
        .anyMatch(trust(wish.anchor()).pin()::equals);
  }

  /** Notes where the same coordinator is reached from now on. */
  public void moved(Identity identity, HostPort coordinator) {
    if (!identity.coordinator().equals(coordinator)) {
      file.write(identity.at(coordinator));
    }
  }

  /**
   * Asks the coordinator for an identity, and checks what comes. It is not kept before {@link
   * #keep}.
   *
   * @throws IdentityException in words for the person who enrols
   */
  public Identity ask(Wish wish) {
    HostKey key = file.pendingKey(random);
    CoordinatorTrust trust = trust(wish.anchor());
    ManagedChannel channel = channels.open(wish.coordinator(), trust);
    try {
      EnrollResponse response =
          EnrolmentServiceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(Limits.HELLO_ANSWER.toMillis(), TimeUnit.MILLISECONDS)
              .withMaxOutboundMessageSize(Limits.MAX_ENROL_MESSAGE_BYTES)
              .enroll(
                  EnrollRequest.newBuilder()
                      .setActivationId(wish.activationId())
                      .setActivationCode(wish.activationCode())
                      .setCertificateRequest(ByteString.copyFrom(key.certificateRequest()))
                      .setAgentVersion(wish.agentVersion())
                      .setComputerName(wish.computerName())
                      .build());
      CoordinatorTrust.Seen seen =
          trust.seen().orElseThrow(() -> new IdentityException("an answer without a certificate"));
      return checked(wish, key, seen, response);
    } catch (StatusRuntimeException e) {
      throw failed(wish, e);
    } catch (GeneralSecurityException e) {
      throw new IdentityException("the host's key can't be used: " + e.getMessage(), e);
    } finally {
      channel.shutdownNow();
    }
  }

  /** Makes it this host's identity, durably. */
  public void keep(Identity identity) {
    file.write(identity);
  }

  private Identity checked(
      Wish wish, HostKey key, CoordinatorTrust.Seen seen, EnrollResponse response) {
    try {
      X509Certificate authority = Certificates.parse(response.getCaCertificate().toByteArray());
      if (!Certificates.pin(authority).equals(Certificates.pin(seen.authority()))) {
        throw new IdentityException("the coordinator sent another authority than it is trusted by");
      }
      List<X509Certificate> chain = new ArrayList<>();
      for (ByteString one : response.getCertificateChainList()) {
        chain.add(Certificates.parse(one.toByteArray()));
      }
      if (chain.isEmpty() || !chain.getFirst().getPublicKey().equals(key.publicKey())) {
        throw new IdentityException("the coordinator sent a certificate of another key");
      }
      List<X509Certificate> authorities =
          Bundle.of(List.of(seen.authority()), response.getAuthoritiesList());
      Bundle.check(chain, authorities);
      InstanceId instance = instance(response);
      String name = "spiffe://" + seen.trustDomain() + "/agent/" + instance;
      if (!response.getTrustDomain().equals(seen.trustDomain())
          || !Certificates.uriNames(chain.getFirst()).equals(List.of(name))) {
        throw new IdentityException("the coordinator sent a certificate that does not say " + name);
      }
      return new Identity(
          instance,
          wish.coordinator(),
          seen.trustDomain(),
          IdentityFile.nonce(random),
          key,
          chain,
          life(response, chain.getFirst()),
          "",
          authorities);
    } catch (GeneralSecurityException e) {
      throw new IdentityException(
          "the coordinator sent a certificate that is not good: " + e.getMessage(), e);
    }
  }

  /** As the coordinator says; one that does not say it gives certificates for their whole time. */
  private static Duration life(EnrollResponse response, X509Certificate leaf) {
    return response.getLifeSeconds() > 0
        ? Duration.ofSeconds(response.getLifeSeconds())
        : Duration.between(leaf.getNotBefore().toInstant(), leaf.getNotAfter().toInstant());
  }

  private static InstanceId instance(EnrollResponse response) {
    if (!InstanceId.isValid(response.getInstanceId())) {
      throw new IdentityException("the coordinator sent no instance id");
    }
    return new InstanceId(response.getInstanceId());
  }

  private CoordinatorTrust trust(Anchor anchor) {
    return switch (anchor) {
      case Anchor.Pin(var pin) -> CoordinatorTrust.pinned(pin, channels.clock());
      case Anchor.Authority(var certificate) -> {
        try {
          yield CoordinatorTrust.of(
              Certificates.parse(certificate.toByteArray()), channels.clock());
        } catch (CertificateException e) {
          throw new IdentityException("the CA file holds no certificate: " + e.getMessage(), e);
        }
      }
    };
  }

  private static IdentityException failed(Wish wish, StatusRuntimeException e) {
    Status.Code code = e.getStatus().getCode();
    String hint =
        switch (code) {
          case UNAVAILABLE, DEADLINE_EXCEEDED ->
              "; check the address and that the coordinator runs, then try again";
          case PERMISSION_DENIED, UNAUTHENTICATED ->
              "; make a new activation if this one is used up or expired";
          case RESOURCE_EXHAUSTED -> "; wait a little, then try again";
          default -> "";
        };
    return new IdentityException(
        "cannot enrol with " + wish.coordinator() + ": " + CallFailure.reason(e) + hint, e);
  }
}

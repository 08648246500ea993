package dev.holdfast.coordinator.trust;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.agent.EnrollRequest;
import dev.holdfast.wire.agent.EnrollResponse;
import dev.holdfast.wire.agent.EnrolmentServiceGrpc;
import dev.holdfast.wire.agent.RecoverRequest;
import dev.holdfast.wire.agent.RecoverResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The calls without a good certificate: a host joins, or comes back. */
public final class GrpcEnrolment extends EnrolmentServiceGrpc.EnrolmentServiceImplBase {
  private static final Logger LOG = LoggerFactory.getLogger("enrolment");

  /** One text for every activation or code that is not good. */
  static final String NOT_GOOD =
      "the activation does not let this host in: check its id and code, or make a new one";

  /** One text for everybody who does not come back. */
  static final String NOT_BACK =
      "this host does not come back by its key: approve it, or let it enrol again";

  private final Enrolment enrolment;
  private final Recovery recovery;
  private final Authority authority;
  private final Gate.Refusals refusals;

  /**
   * Over the decisions.
   *
   * @param refusals hears of whom is not let in
   */
  public GrpcEnrolment(
      Enrolment enrolment, Recovery recovery, Authority authority, Gate.Refusals refusals) {
    this.enrolment = enrolment;
    this.recovery = recovery;
    this.authority = authority;
    this.refusals = refusals;
  }

  @Override
  public void enroll(EnrollRequest request, StreamObserver<EnrollResponse> answer) {
    Optional<Enrolment.Outcome> outcome =
        decided(
            request,
            answer,
            () ->
                enrolment.enroll(
                    new Enrolment.Request(
                        request.getActivationId(),
                        request.getActivationCode(),
                        request.getCertificateRequest(),
                        request.getAgentVersion(),
                        request.getComputerName(),
                        Caller.address())));
    if (outcome.isEmpty()) {
      return;
    }
    switch (outcome.get()) {
      case Enrolment.Outcome.Enrolled enrolled -> {
        LOG.info("instance={} enrolled from {}", enrolled.instance(), Caller.address());
        answer.onNext(toProto(enrolled));
        answer.onCompleted();
      }
      case Enrolment.Outcome.Refused _ -> stranger(answer, "Enroll", NOT_GOOD);
      case Enrolment.Outcome.Malformed(var reason) ->
          refuse(answer, Status.INVALID_ARGUMENT.withDescription(reason));
      case Enrolment.Outcome.TooMany _ ->
          refuse(
              answer,
              Status.RESOURCE_EXHAUSTED.withDescription(
                  "too many enrolments at once; try again in some seconds"));
    }
  }

  @Override
  public void recover(RecoverRequest request, StreamObserver<RecoverResponse> answer) {
    Optional<Recovery.Outcome> outcome =
        decided(
            request,
            answer,
            () ->
                recovery.recover(
                    new Recovery.Request(
                        request.getInstanceId(),
                        request.getCertificateRequest(),
                        request.getChallenge(),
                        request.getSignature(),
                        request.getInstallNonce(),
                        request.getCertificate(),
                        Caller.address())));
    if (outcome.isEmpty()) {
      return;
    }
    switch (outcome.get()) {
      case Recovery.Outcome.Challenge(var challenge) -> {
        answer.onNext(RecoverResponse.newBuilder().setChallenge(challenge).build());
        answer.onCompleted();
      }
      case Recovery.Outcome.Recovered(var certificate) -> {
        LOG.info("instance={} came back from {}", request.getInstanceId(), Caller.address());
        answer.onNext(
            RecoverResponse.newBuilder()
                .addCertificateChain(ByteString.copyFrom(Enrolment.der(certificate)))
                .setLifeSeconds(authority.agentLife().toSeconds())
                .addAllAuthorities(authorities(authority))
                .build());
        answer.onCompleted();
      }
      case Recovery.Outcome.Refused _ -> stranger(answer, "Recover", NOT_BACK);
      case Recovery.Outcome.Malformed(var reason) ->
          refuse(answer, Status.INVALID_ARGUMENT.withDescription(reason));
      case Recovery.Outcome.TooMany _ ->
          refuse(
              answer,
              Status.RESOURCE_EXHAUSTED.withDescription(
                  "too many hosts come at once; try again in some seconds"));
    }
  }

  /** What comes of a request; empty if it was refused before, or nothing could be decided. */
  private static <T> Optional<T> decided(
      Message request, StreamObserver<?> answer, Supplier<T> decision) {
    if (request.getSerializedSize() > Limits.MAX_ENROL_MESSAGE_BYTES) {
      refuse(
          answer,
          Status.INVALID_ARGUMENT.withDescription(
              "the request has more than " + Limits.MAX_ENROL_MESSAGE_BYTES + " bytes"));
      return Optional.empty();
    }
    try {
      return Optional.of(decision.get());
    } catch (RuntimeException e) {
      LOG.error("whether a host is let in can't be decided", e);
      refuse(answer, Status.UNAVAILABLE.withDescription("the store could not be used; try again"));
      return Optional.empty();
    }
  }

  /** Not let in, and written down: by no name, since any that is given may be made up. */
  private void stranger(StreamObserver<?> answer, String method, String reason) {
    refusals.refused(Gate.NOBODY, method, Caller.address(), reason);
    refuse(answer, Status.UNAUTHENTICATED.withDescription(reason));
  }

  /** All that agents are to trust, as they are told. */
  public static List<ByteString> authorities(Authority authority) {
    return authority.trusted().stream().map(GrpcEnrolment::der).toList();
  }

  /** A certificate as agents are told of it. */
  public static ByteString der(X509Certificate certificate) {
    return ByteString.copyFrom(Enrolment.der(certificate));
  }

  private EnrollResponse toProto(Enrolment.Outcome.Enrolled enrolled) {
    Timestamp notAfter = Times.toProto(enrolled.certificate().getNotAfter().toInstant());
    return EnrollResponse.newBuilder()
        .setInstanceId(enrolled.instance().value())
        .addCertificateChain(ByteString.copyFrom(Enrolment.der(enrolled.certificate())))
        .setCaCertificate(ByteString.copyFrom(Enrolment.der(enrolled.authority())))
        .setNotAfter(notAfter)
        .setTrustDomain(enrolled.trustDomain())
        .setLifeSeconds(authority.agentLife().toSeconds())
        .addAllAuthorities(authorities(authority))
        .build();
  }

  private static void refuse(StreamObserver<?> answer, Status status) {
    answer.onError(status.asRuntimeException());
  }
}

package dev.holdfast.coordinator.trust;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.agent.EnrollRequest;
import dev.holdfast.wire.agent.EnrollResponse;
import dev.holdfast.wire.agent.EnrolmentServiceGrpc;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one call without a certificate: a host joins. */
public final class GrpcEnrolment extends EnrolmentServiceGrpc.EnrolmentServiceImplBase {
  private static final Logger LOG = LoggerFactory.getLogger("enrolment");

  /** One text for every activation or code that is not good. */
  static final String NOT_GOOD =
      "the activation does not let this host in: check its id and code, or make a new one";

  private final Enrolment enrolment;

  /** Over the decision. */
  public GrpcEnrolment(Enrolment enrolment) {
    this.enrolment = enrolment;
  }

  @Override
  public void enroll(EnrollRequest request, StreamObserver<EnrollResponse> answer) {
    if (request.getSerializedSize() > Limits.MAX_ENROL_MESSAGE_BYTES) {
      refuse(
          answer,
          Status.INVALID_ARGUMENT.withDescription(
              "the request has more than " + Limits.MAX_ENROL_MESSAGE_BYTES + " bytes"));
      return;
    }
    Enrolment.Outcome outcome;
    try {
      outcome =
          enrolment.enroll(
              new Enrolment.Request(
                  request.getActivationId(),
                  request.getActivationCode(),
                  request.getCertificateRequest(),
                  request.getAgentVersion(),
                  request.getComputerName(),
                  Caller.address()));
    } catch (RuntimeException e) {
      LOG.error("an enrolment failed", e);
      refuse(answer, Status.UNAVAILABLE.withDescription("the store could not be used; try again"));
      return;
    }
    switch (outcome) {
      case Enrolment.Outcome.Enrolled enrolled -> {
        LOG.info("instance={} enrolled from {}", enrolled.instance(), Caller.address());
        answer.onNext(toProto(enrolled));
        answer.onCompleted();
      }
      case Enrolment.Outcome.Refused _ ->
          refuse(answer, Status.UNAUTHENTICATED.withDescription(NOT_GOOD));
      case Enrolment.Outcome.Malformed(var reason) ->
          refuse(answer, Status.INVALID_ARGUMENT.withDescription(reason));
      case Enrolment.Outcome.TooMany _ ->
          refuse(
              answer,
              Status.RESOURCE_EXHAUSTED.withDescription(
                  "too many enrolments at once; try again in some seconds"));
    }
  }

  private static EnrollResponse toProto(Enrolment.Outcome.Enrolled enrolled) {
    Timestamp notAfter = Times.toProto(enrolled.certificate().getNotAfter().toInstant());
    return EnrollResponse.newBuilder()
        .setInstanceId(enrolled.instance().value())
        .addCertificateChain(ByteString.copyFrom(Enrolment.der(enrolled.certificate())))
        .setCaCertificate(ByteString.copyFrom(Enrolment.der(enrolled.authority())))
        .setNotAfter(notAfter)
        .setTrustDomain(enrolled.trustDomain())
        .build();
  }

  private static void refuse(StreamObserver<EnrollResponse> answer, Status status) {
    answer.onError(status.asRuntimeException());
  }
}

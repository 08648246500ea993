package dev.holdfast.coordinator.admin;

import dev.holdfast.coordinator.trust.Caller;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.TokenServiceGrpc;
import dev.holdfast.wire.v1.WhoAmIRequest;
import dev.holdfast.wire.v1.WhoAmIResponse;
import io.grpc.stub.StreamObserver;

/** Tokens. */
public final class GrpcTokens extends TokenServiceGrpc.TokenServiceImplBase {

  @Override
  public void whoAmI(WhoAmIRequest request, StreamObserver<WhoAmIResponse> answer) {
    Caller.Person person = Caller.person();
    WhoAmIResponse.Builder response =
        WhoAmIResponse.newBuilder().setName(person.name()).setRole(person.role().text());
    person.expires().ifPresent(expires -> response.setExpires(Times.toProto(expires)));
    answer.onNext(response.build());
    answer.onCompleted();
  }
}

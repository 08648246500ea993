package dev.holdfast.faults;

import com.google.protobuf.Struct;
import dev.holdfast.system.Bearer;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.v1.CreateTokenRequest;
import dev.holdfast.wire.v1.RevokeTokenRequest;
import dev.holdfast.wire.v1.TokenServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractBlockingStub;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Those who call the admin API of a rig. */
final class People {
  private final Rig rig;

  People(Rig rig) {
    this.rig = rig;
  }

  /** The secret of a new token, for all instances. */
  String token(String name, String role, String life) {
    return token(rig, name, role, life, Optional.empty());
  }

  /** The secret of a new token, for some instances. */
  String scoped(String name, String role, Struct scope) {
    return token(rig, name, role, "", Optional.of(scope));
  }

  private String token(Rig at, String name, String role, String life, Optional<Struct> scope) {
    CreateTokenRequest.Builder request =
        CreateTokenRequest.newBuilder().setName(name).setRole(role).setTtl(life);
    scope.ifPresent(request::setTagScope);
    return TokenServiceGrpc.newBlockingStub(at.channel())
        .withCallCredentials(at.token())
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .createToken(request.build())
        .getToken();
  }

  /** Takes one back. */
  void revoke(String name) {
    var _ =
        TokenServiceGrpc.newBlockingStub(rig.channel())
            .withCallCredentials(rig.token())
            .revokeToken(RevokeTokenRequest.newBuilder().setName(name).build());
  }

  /** Calls by somebody. */
  static <S extends AbstractBlockingStub<S>> S as(S stub, String token) {
    return stub.withCallCredentials(new Bearer(token)).withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  /** The same, of calls without a stub. */
  static CallOptions as(String token) {
    return CallOptions.DEFAULT.withCallCredentials(new Bearer(token));
  }

  /** How a call ended. */
  static Status status(Supplier<?> call) {
    try {
      var _ = call.get();
      return Status.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus();
    }
  }
}

package dev.holdfast.simulation;

import dev.holdfast.coordinator.trust.Caller;
import dev.holdfast.coordinator.trust.Role;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A person's call, answered on the spot. */
final class Admin {
  private Admin() {}

  /** The answer; empty if it was refused. */
  static <Q, P> Optional<P> call(BiConsumer<Q, StreamObserver<P>> method, Q request) {
    Answer<P> answer = new Answer<>();
    Context.current()
        .withValue(Caller.KEY, new Caller.Person("sim", Role.ADMIN, Optional.empty()))
        .run(() -> method.accept(request, answer));
    return Optional.ofNullable(answer.value);
  }

  private static final class Answer<P> implements StreamObserver<P> {
    private @Nullable P value;

    @Override
    public void onNext(P next) {
      value = next;
    }

    @Override
    public void onError(Throwable failure) {
      value = null;
    }

    @Override
    public void onCompleted() {
      // The one answer has come.
    }
  }
}

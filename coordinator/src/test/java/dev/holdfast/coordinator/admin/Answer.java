package dev.holdfast.coordinator.admin;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;

/** Calls a service without a network: what it answered, or why it refused. */
public final class Answer<P> implements StreamObserver<P> {
  private final List<P> values = new ArrayList<>();
  private final List<Throwable> errors = new ArrayList<>();

  private Answer() {}

  /** The one answer to a call. */
  public static <Q, P> P of(BiConsumer<Q, StreamObserver<P>> call, Q request) {
    Answer<P> answer = new Answer<>();
    call.accept(request, answer);
    if (!answer.errors.isEmpty()) {
      throw new AssertionError(answer.errors.getFirst());
    }
    return answer.values.getFirst();
  }

  /** The reason of a refusal, and what it says. */
  public static <Q, P> String refusal(BiConsumer<Q, StreamObserver<P>> call, Q request) {
    Answer<P> answer = new Answer<>();
    call.accept(request, answer);
    com.google.rpc.Status status =
        Objects.requireNonNull(StatusProto.fromThrowable(answer.errors.getFirst()));
    try {
      return status.getDetails(0).unpack(ErrorInfo.class).getReason() + ": " + status.getMessage();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void onNext(P value) {
    values.add(value);
  }

  @Override
  public void onError(Throwable failure) {
    errors.add(failure);
  }

  @Override
  public void onCompleted() {}
}

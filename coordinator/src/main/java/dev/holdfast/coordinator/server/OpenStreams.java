package dev.holdfast.coordinator.server;

import dev.holdfast.coordinator.trust.Caller;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Streams that people hold open. Their tokens are looked at again and again while they last; a
 * stream whose token is no longer good is ended. It stands behind the gate.
 */
public final class OpenStreams implements ServerInterceptor {
  /** How often tokens of open streams are looked at. */
  public static final Duration PERIOD = Duration.ofSeconds(5);

  private final Predicate<Caller.Person> stillGood;
  private final Set<Open<?, ?>> streams = ConcurrentHashMap.newKeySet();

  /**
   * @param stillGood whether a person's token is good now
   */
  public OpenStreams(Predicate<Caller.Person> stillGood) {
    this.stillGood = stillGood;
  }

  @Override
  public <Q, P> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
    if (call.getMethodDescriptor().getType() == MethodType.UNARY
        || !(Caller.KEY.get() instanceof Caller.Person person)) {
      return next.startCall(call, headers);
    }
    Open<Q, P> open = new Open<>(new EndableCall<>(call), person);
    streams.add(open);
    return new Heard<>(open, next.startCall(open.call, headers));
  }

  /** Ends the streams whose tokens are no longer good. */
  public void check() {
    for (Open<?, ?> open : streams) {
      if (!stillGood.test(open.person)) {
        open.call.end(
            Status.UNAUTHENTICATED.withDescription("the token of this stream is no longer good"));
      }
    }
  }

  /** Streams that are open now. */
  public int size() {
    return streams.size();
  }

  /** A stream, and who holds it open. */
  private record Open<Q, P>(EndableCall<Q, P> call, Caller.Person person) {}

  private final class Heard<Q> extends SimpleForwardingServerCallListener<Q> {
    private final Open<Q, ?> open;

    Heard(Open<Q, ?> open, ServerCall.Listener<Q> delegate) {
      super(delegate);
      this.open = open;
    }

    @Override
    public void onCancel() {
      streams.remove(open);
      super.onCancel();
    }

    @Override
    public void onComplete() {
      streams.remove(open);
      if (open.call.taken()) {
        // to its service it looks as if the caller had gone
        super.onCancel();
      } else {
        super.onComplete();
      }
    }
  }
}

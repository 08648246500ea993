package dev.holdfast.coordinator.server;

import dev.holdfast.task.Timers;
import dev.holdfast.task.TransportLimits;
import io.grpc.Context;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.Optional;

/**
 * No unary call takes longer than its time, and no caller takes longer to say what they want: a
 * call whose request never comes would hold its place for ever. What a call that is over wanted is
 * not begun any more.
 */
public final class CallTimes implements ServerInterceptor {
  private final Timers timers;

  /** With timers that take tasks from any thread. */
  public CallTimes(Timers timers) {
    this.timers = timers;
  }

  @Override
  public <Q, P> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
    Optional<Duration> limit =
        limit(call.getMethodDescriptor().getType(), Context.current().getDeadline() != null);
    if (limit.isEmpty()) {
      return next.startCall(call, headers);
    }
    EndableCall<Q, P> endable = new EndableCall<>(call);
    Timers.Timer timer =
        timers.after(
            limit.get(),
            () ->
                endable.end(
                    Status.DEADLINE_EXCEEDED.withDescription(
                        "the call took more than " + limit.get().toSeconds() + " s")));
    return new Timed<>(
        endable,
        timer,
        call.getMethodDescriptor().getType() == MethodType.UNARY,
        next.startCall(endable, headers));
  }

  /**
   * How long a call may take; of a stream of answers: until its request is there. A longer time
   * that the caller named is theirs, and gRPC sees to a shorter one.
   */
  static Optional<Duration> limit(MethodType type, boolean callerNamesTime) {
    return switch (type) {
      case UNARY ->
          Optional.of(callerNamesTime ? TransportLimits.LONGEST_CALL : TransportLimits.CALL);
      case SERVER_STREAMING -> Optional.of(TransportLimits.REQUEST);
      case CLIENT_STREAMING, BIDI_STREAMING, UNKNOWN -> Optional.empty();
    };
  }

  private static final class Timed<Q> extends SimpleForwardingServerCallListener<Q> {
    private final EndableCall<Q, ?> call;
    private final Timers.Timer timer;
    private final boolean unary;

    Timed(EndableCall<Q, ?> call, Timers.Timer timer, boolean unary, ServerCall.Listener<Q> next) {
      super(next);
      this.call = call;
      this.timer = timer;
      this.unary = unary;
    }

    @Override
    public void onMessage(Q message) {
      if (!call.taken()) {
        super.onMessage(message);
      }
    }

    @Override
    public void onHalfClose() {
      if (!unary) {
        timer.cancel();
      }
      if (!call.taken()) {
        super.onHalfClose();
      }
    }

    @Override
    public void onCancel() {
      timer.cancel();
      super.onCancel();
    }

    @Override
    public void onComplete() {
      timer.cancel();
      super.onComplete();
    }
  }
}

package dev.holdfast.coordinator.server;

import dev.holdfast.coordinator.store.StoreException;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What nobody expected: a line in the log with an id, and to the caller only that id. What is
 * inside of the coordinator stays inside.
 */
public final class Faults implements ServerInterceptor {
  private static final Logger LOG = LoggerFactory.getLogger("server");

  private final Supplier<UUID> ids;

  /** With the source of ids. */
  public Faults(Supplier<UUID> ids) {
    this.ids = ids;
  }

  @Override
  public <Q, P> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
    try {
      return new Guarded<>(call, next.startCall(call, headers));
    } catch (RuntimeException | StackOverflowError failure) {
      end(call, failure);
      return new ServerCall.Listener<>() {};
    }
  }

  private void end(ServerCall<?, ?> call, Throwable failure) {
    String id = ids.get().toString();
    LOG.error(
        "a call failed method={} id={}",
        call.getMethodDescriptor().getFullMethodName(),
        id,
        failure);
    try {
      call.close(status(failure, id), new Metadata());
    } catch (IllegalStateException closed) {
      LOG.debug("the call was closed already id={}", id);
    }
  }

  private static Status status(Throwable failure, String id) {
    if (failure instanceof StatusRuntimeException meant) {
      return meant.getStatus().withCause(null);
    }
    Status status = failure instanceof StoreException ? Status.UNAVAILABLE : Status.INTERNAL;
    return status.withDescription("an unexpected error; the coordinator's log has it as " + id);
  }

  private final class Guarded<Q> extends SimpleForwardingServerCallListener<Q> {
    private final ServerCall<Q, ?> call;

    Guarded(ServerCall<Q, ?> call, ServerCall.Listener<Q> delegate) {
      super(delegate);
      this.call = call;
    }

    @Override
    public void onMessage(Q message) {
      guard(() -> super.onMessage(message));
    }

    @Override
    public void onHalfClose() {
      guard(super::onHalfClose);
    }

    @Override
    public void onReady() {
      guard(super::onReady);
    }

    @Override
    public void onCancel() {
      guard(super::onCancel);
    }

    @Override
    public void onComplete() {
      guard(super::onComplete);
    }

    private void guard(Runnable work) {
      try {
        work.run();
      } catch (RuntimeException | StackOverflowError failure) {
        end(call, failure);
      }
    }
  }
}

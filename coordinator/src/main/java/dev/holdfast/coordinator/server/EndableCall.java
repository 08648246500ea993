package dev.holdfast.coordinator.server;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;

/**
 * A call that two threads can end: its service's, and one that watches over it. Once it was ended
 * from outside, what its service says is not sent.
 */
final class EndableCall<Q, P> extends SimpleForwardingServerCall<Q, P> {
  private boolean closed;
  private volatile boolean taken;

  EndableCall(ServerCall<Q, P> delegate) {
    super(delegate);
  }

  /** Ends it, if it has not ended. */
  synchronized void end(Status status) {
    if (!closed) {
      taken = true;
      close(status, new Metadata());
    }
  }

  /** Whether it was ended from outside. */
  boolean taken() {
    return taken;
  }

  @Override
  public synchronized void sendHeaders(Metadata headers) {
    if (!taken) {
      super.sendHeaders(headers);
    }
  }

  @Override
  public synchronized void sendMessage(P message) {
    if (!taken) {
      super.sendMessage(message);
    }
  }

  @Override
  public synchronized void close(Status status, Metadata trailers) {
    if (!closed) {
      closed = true;
      super.close(status, trailers);
    }
  }

  @Override
  public boolean isCancelled() {
    return taken || super.isCancelled();
  }
}

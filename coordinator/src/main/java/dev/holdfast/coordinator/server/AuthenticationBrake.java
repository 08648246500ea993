package dev.holdfast.coordinator.server;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Slows down whoever fails to show who they are again and again: calls from that address are
 * refused for a while, unheard. Loopback is never slowed down. It lets nobody in: that is the
 * gate's.
 */
public final class AuthenticationBrake implements ServerInterceptor {
  private static final Logger LOG = LoggerFactory.getLogger("server");

  private final FailureCount failures;
  private final Supplier<Duration> uptime;

  /**
   * @param failuresPerMinute that one address may have
   * @param uptime monotonic time
   */
  public AuthenticationBrake(int failuresPerMinute, Supplier<Duration> uptime) {
    this.failures = new FailureCount(failuresPerMinute);
    this.uptime = uptime;
  }

  @Override
  public <Q, P> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
    Optional<String> source = source(call);
    if (source.isEmpty()) {
      return next.startCall(call, headers);
    }
    Duration silence = silence(source.get());
    if (silence.isPositive()) {
      call.close(
          Status.RESOURCE_EXHAUSTED.withDescription(
              "too many failed authentications from this address: try again in "
                  + (silence.toSeconds() + 1)
                  + " s"),
          new Metadata());
      return new ServerCall.Listener<>() {};
    }
    return next.startCall(new Watched<>(call, source.get()), headers);
  }

  private Duration silence(String source) {
    synchronized (failures) {
      return failures.silence(source, uptime.get());
    }
  }

  private void failed(String source) {
    boolean silenced;
    synchronized (failures) {
      silenced = failures.failed(source, uptime.get());
    }
    if (silenced) {
      LOG.warn(
          "too many failed authentications source={} silentSeconds={}",
          source,
          FailureCount.SILENCE.toSeconds());
    }
  }

  private static Optional<String> source(ServerCall<?, ?> call) {
    return call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)
            instanceof InetSocketAddress remote
        ? Optional.of(remote.getAddress())
            .filter(address -> !address.isLoopbackAddress())
            .map(Sources::name)
        : Optional.empty();
  }

  private final class Watched<Q, P> extends SimpleForwardingServerCall<Q, P> {
    private final String source;

    Watched(ServerCall<Q, P> delegate, String source) {
      super(delegate);
      this.source = source;
    }

    @Override
    public void close(Status status, Metadata trailers) {
      if (status.getCode() == Status.Code.UNAUTHENTICATED) {
        failed(source);
      }
      super.close(status, trailers);
    }
  }
}

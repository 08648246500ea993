package dev.holdfast.coordinator.server;

import com.google.protobuf.Any;
import com.google.protobuf.util.Durations;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.holdfast.coordinator.trust.Caller;
import dev.holdfast.task.TokenBucket;
import dev.holdfast.task.TokenBucket.Rate;
import dev.holdfast.task.TransportLimits;
import dev.holdfast.wire.RetryTime;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * How often each caller may call: people by their name, agents by their instance (their links have
 * quotas of their own), whoever shows nothing by their connection, which has few calls at once as
 * well. One call too many is refused with the time after which to try again. It stands behind the
 * gate.
 */
public final class CallRates implements ServerInterceptor {
  private static final Rate AGENTS =
      new Rate(TransportLimits.AGENT_CALLS_A_SECOND, TransportLimits.AGENT_CALLS_AT_ONCE);
  private static final Rate STRANGERS =
      new Rate(TransportLimits.MESSAGES_A_SECOND, TransportLimits.MESSAGES_A_SECOND);

  /** What tools ask before the call that is meant. */
  private static final String REFLECTION = "grpc.reflection.";

  private final Rate people;
  private final Supplier<Duration> uptime;
  private final LongAdder refused = new LongAdder();
  private final Map<String, Integer> strangers = new HashMap<>();
  private final Map<String, TokenBucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, TokenBucket> eldest) {
          return size() > TransportLimits.MAX_COUNTED_PEERS;
        }
      };

  /**
   * @param callsASecond of each person or script
   * @param uptime monotonic time
   */
  public CallRates(int callsASecond, Supplier<Duration> uptime) {
    this.people =
        new Rate(callsASecond, (double) callsASecond * TransportLimits.ADMIN_CALLS_AT_ONCE_SECONDS);
    this.uptime = uptime;
  }

  /** Calls that were refused for being too many, since the start. */
  public long refused() {
    return refused.sum();
  }

  @Override
  public <Q, P> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
    Duration wait =
        switch (Caller.KEY.get()) {
          case Caller.Person person ->
              call.getMethodDescriptor().getFullMethodName().startsWith(REFLECTION)
                  ? Duration.ZERO
                  : take("person " + person.name(), people);
          case Caller.Agent agent ->
              call.getMethodDescriptor().getType() == MethodType.BIDI_STREAMING
                  ? Duration.ZERO
                  : take("agent " + agent.instance(), AGENTS);
          case Caller.Anyone _ -> take("connection " + connection(call), STRANGERS);
          case null -> throw new IllegalStateException("the gate stands before");
        };
    if (!wait.isZero()) {
      return refuse(call, "too many calls", wait);
    }
    return Caller.KEY.get() instanceof Caller.Anyone
        ? ofStranger(call, headers, next)
        : next.startCall(call, headers);
  }

  private <Q, P> ServerCall.Listener<Q> ofStranger(
      ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
    String connection = connection(call);
    if (!enter(connection)) {
      return refuse(
          call,
          "more than "
              + TransportLimits.MAX_STRANGER_CALLS
              + " calls at once on one connection of those that need no certificate and no token",
          TransportLimits.STRANGER_WAITS);
    }
    try {
      return new Leaving<>(next.startCall(call, headers), () -> leave(connection));
    } catch (RuntimeException e) {
      leave(connection);
      throw e;
    }
  }

  /** Counts a call of a connection, if it may have one more now. */
  private synchronized boolean enter(String connection) {
    int before = strangers.getOrDefault(connection, 0);
    if (before >= TransportLimits.MAX_STRANGER_CALLS) {
      return false;
    }
    strangers.put(connection, before + 1);
    return true;
  }

  /** One of its calls is over. */
  private synchronized void leave(String connection) {
    strangers.computeIfPresent(connection, (_, count) -> count == 1 ? null : count - 1);
  }

  /** How long until it may be called; zero: now, and that counts. */
  private synchronized Duration take(String caller, Rate rate) {
    Duration now = uptime.get();
    TokenBucket bucket = buckets.get(caller);
    TokenBucket known = bucket == null ? TokenBucket.full(rate, now) : bucket;
    Duration wait = known.until(1, now);
    if (wait.isZero()) {
      buckets.put(caller, known.spend(1, now));
    }
    return wait;
  }

  private static String connection(ServerCall<?, ?> call) {
    return Objects.toString(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
  }

  private <Q> ServerCall.Listener<Q> refuse(ServerCall<Q, ?> call, String why, Duration wait) {
    refused.increment();
    Status status = RetryTime.status(why, wait);
    Metadata trailers =
        StatusProto.toStatusRuntimeException(
                com.google.rpc.Status.newBuilder()
                    .setCode(status.getCode().value())
                    .setMessage(String.valueOf(status.getDescription()))
                    .addDetails(
                        Any.pack(
                            ErrorInfo.newBuilder()
                                .setReason("Throttling")
                                .setDomain("holdfast.dev")
                                .build()))
                    .addDetails(
                        Any.pack(
                            RetryInfo.newBuilder()
                                .setRetryDelay(Durations.fromNanos(wait.toNanos()))
                                .build()))
                    .build())
            .getTrailers();
    Metadata all = RetryTime.trailers(wait);
    if (trailers != null) {
      all.merge(trailers);
    }
    call.close(status, all);
    return new ServerCall.Listener<>() {};
  }

  /** Tells when a call is over; of these two one is heard, once. */
  private static final class Leaving<Q> extends SimpleForwardingServerCallListener<Q> {
    private final Runnable over;

    Leaving(ServerCall.Listener<Q> service, Runnable over) {
      super(service);
      this.over = over;
    }

    @Override
    public void onCancel() {
      over.run();
      super.onCancel();
    }

    @Override
    public void onComplete() {
      over.run();
      super.onComplete();
    }
  }
}

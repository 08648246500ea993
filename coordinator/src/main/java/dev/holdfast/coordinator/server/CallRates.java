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
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * How often each caller may call: people by their name, agents by their instance (their links have
 * quotas of their own), whoever shows nothing by their connection. One call too many is refused
 * with the time after which to try again. It stands behind the gate.
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
    if (wait.isZero()) {
      return next.startCall(call, headers);
    }
    refused.increment();
    refuse(call, wait);
    return new ServerCall.Listener<>() {};
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

  private static void refuse(ServerCall<?, ?> call, Duration wait) {
    Status status = RetryTime.status("too many calls", wait);
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
  }
}

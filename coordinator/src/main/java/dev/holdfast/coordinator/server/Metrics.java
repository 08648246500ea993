package dev.holdfast.coordinator.server;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/** What the coordinator counts. As an interceptor it counts calls. */
public final class Metrics implements ServerInterceptor {
  private static final double[] SECONDS = {
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
  };

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Supplier<Duration> uptime;
  private final Counter calls;
  private final Histogram callSeconds;
  private final Histogram commitSeconds;

  /** With monotonic time, for durations. */
  public Metrics(Supplier<Duration> uptime) {
    this.uptime = uptime;
    this.calls =
        Counter.builder()
            .name("holdfast_calls_total")
            .help("Calls that ended, by method and status code.")
            .labelNames("method", "code")
            .register(registry);
    this.callSeconds =
        Histogram.builder()
            .name("holdfast_call_seconds")
            .help("How long unary calls took.")
            .labelNames("method")
            .classicOnly()
            .classicUpperBounds(SECONDS)
            .register(registry);
    this.commitSeconds =
        Histogram.builder()
            .name("holdfast_commit_seconds")
            .help("How long commits of the store took until they were on the disk.")
            .classicOnly()
            .classicUpperBounds(SECONDS)
            .register(registry);
  }

  /** Something that goes up and down. */
  public void gauge(String name, String help, DoubleSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call(value.getAsDouble()))
        .register(registry);
  }

  /** Something that only grows; the name ends in {@code _total}. */
  public void counter(String name, String help, DoubleSupplier value) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call(value.getAsDouble()))
        .register(registry);
  }

  /** A commit of the store took so long. */
  public void committed(Duration took) {
    commitSeconds.observe(seconds(took));
  }

  /** Writes all of it in Prometheus' text format. */
  void write(OutputStream out) throws IOException {
    PrometheusTextFormatWriter.create()
        .write(out, registry.scrape(), EscapingScheme.UNDERSCORE_ESCAPING);
  }

  @Override
  public <Q, P> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
    Duration begun = uptime.get();
    return next.startCall(
        new SimpleForwardingServerCall<>(call) {
          @Override
          public void close(Status status, Metadata trailers) {
            String method = call.getMethodDescriptor().getFullMethodName();
            calls.labelValues(method, status.getCode().name()).inc();
            if (call.getMethodDescriptor().getType() == io.grpc.MethodDescriptor.MethodType.UNARY) {
              callSeconds.labelValues(method).observe(seconds(uptime.get().minus(begun)));
            }
            super.close(status, trailers);
          }
        },
        headers);
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}

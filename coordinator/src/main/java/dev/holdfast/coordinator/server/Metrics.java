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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the coordinator counts. As an interceptor it counts calls. A callback that fails, or has
 * nothing to say, costs its own samples and no others.
 */
public final class Metrics implements ServerInterceptor {
  private static final Logger LOG = LoggerFactory.getLogger("metrics");
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

  /** Something that goes up and down, by one label whose values are few and known. */
  public void gauge(
      String name, String help, String label, Supplier<? extends Map<String, Double>> values) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(label)
        .callback(
            callback ->
                said(name, () -> values.get().forEach((key, value) -> callback.call(value, key))))
        .register(registry);
  }

  /** Something that only grows, by labels whose values are few and known. */
  public void counter(
      String name,
      String help,
      List<String> labels,
      Supplier<? extends Map<List<String>, Double>> values) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(labels.toArray(String[]::new))
        .callback(
            callback ->
                said(
                    name,
                    () ->
                        values
                            .get()
                            .forEach(
                                (key, value) -> callback.call(value, key.toArray(String[]::new)))))
        .register(registry);
  }

  /**
   * How long something takes.
   *
   * @param bounds of its buckets, in seconds, ascending
   * @return takes what was measured; from any thread
   */
  public Consumer<Duration> histogram(String name, String help, double... bounds) {
    Histogram histogram =
        Histogram.builder()
            .name(name)
            .help(help)
            .classicOnly()
            .classicUpperBounds(bounds)
            .register(registry);
    return took -> histogram.observe(Math.max(0, seconds(took)));
  }

  /** Something that goes up and down. */
  public void gauge(String name, String help, DoubleSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> said(name, () -> callback.call(value.getAsDouble())))
        .register(registry);
  }

  /** Something that only grows; the name ends in {@code _total}. */
  public void counter(String name, String help, DoubleSupplier value) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> said(name, () -> callback.call(value.getAsDouble())))
        .register(registry);
  }

  /** A commit of the store took so long. */
  public void committed(Duration took) {
    commitSeconds.observe(seconds(took));
  }

  /**
   * Writes it in Prometheus' text format.
   *
   * @param names of those that are wanted; the others are not found out either. Empty: all
   */
  void write(OutputStream out, Set<String> names) throws IOException {
    PrometheusTextFormatWriter.create()
        .write(
            out,
            registry.scrape(
                name -> names.isEmpty() || names.contains(name) || names.contains(name + "_total")),
            EscapingScheme.UNDERSCORE_ESCAPING);
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

  private static void said(String name, Runnable samples) {
    try {
      samples.run();
    } catch (RuntimeException e) {
      LOG.warn("a figure could not be found out metric={} reason={}", name, e.toString());
    }
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}

package dev.holdfast.coordinator.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.holdfast.config.HostPort;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The metrics port, plain HTTP: {@code /metrics} (all, or with {@code ?name[]=NAME} those), {@code
 * /healthz} (it lives, or why a restart is due), {@code /readyz} (it can work, or why not). There
 * is nothing secret here, and nothing can be changed.
 */
public final class MetricsListener {
  private static final int BACKLOG = 16;
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String NAME = "name[]=";

  private final HostPort asked;
  private final Metrics metrics;
  private final Supplier<Optional<String>> dead;
  private final Supplier<Optional<String>> notReady;
  private final ExecutorService executor =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("metrics-", 1).factory());
  private @Nullable HttpServer server;

  /**
   * A port that is not open yet.
   *
   * @param dead why it should be started again, if it should
   * @param notReady why the coordinator can't work now, if it can't
   */
  public MetricsListener(
      HostPort asked,
      Metrics metrics,
      Supplier<Optional<String>> dead,
      Supplier<Optional<String>> notReady) {
    this.asked = asked;
    this.dead = dead;
    this.metrics = metrics;
    this.notReady = notReady;
  }

  /**
   * Opens the port.
   *
   * @return where it listens
   */
  public HostPort start() throws StartException {
    try {
      HttpServer made = HttpServer.create(Ports.resolve(asked), BACKLOG);
      made.setExecutor(executor);
      made.createContext("/", exchange -> answer(exchange, 404, TEXT, bytes("not found\n")));
      made.createContext("/metrics", this::metrics);
      made.createContext("/healthz", exchange -> say(exchange, dead.get(), "ok"));
      made.createContext("/readyz", exchange -> say(exchange, notReady.get(), "ready"));
      made.start();
      server = made;
      return new HostPort(asked.host(), made.getAddress().getPort());
    } catch (IOException e) {
      throw Ports.cannotListen("metrics", asked, e);
    }
  }

  /** Closes the port. */
  public void stop() {
    if (server != null) {
      server.stop(0);
    }
    executor.shutdown();
  }

  private void metrics(HttpExchange exchange) throws IOException {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    metrics.write(content, names(exchange.getRequestURI().getQuery()));
    answer(exchange, 200, PrometheusTextFormatWriter.CONTENT_TYPE, content.toByteArray());
  }

  /** What {@code name[]=NAME} asks for, once for each; the exporters of Prometheus call it so. */
  private static Set<String> names(@Nullable String query) {
    return query == null
        ? Set.of()
        : Arrays.stream(query.split("&", -1))
            .filter(parameter -> parameter.startsWith(NAME))
            .map(parameter -> parameter.substring(NAME.length()))
            .collect(Collectors.toSet());
  }

  private static void say(HttpExchange exchange, Optional<String> whyNot, String fine)
      throws IOException {
    answer(exchange, whyNot.isEmpty() ? 200 : 503, TEXT, bytes(whyNot.orElse(fine) + "\n"));
  }

  private static void answer(HttpExchange exchange, int code, String type, byte[] content)
      throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      boolean get = method.equals("GET");
      if (!get && !method.equals("HEAD")) {
        exchange.sendResponseHeaders(405, -1);
        return;
      }
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(code, get ? content.length : -1);
      if (get) {
        exchange.getResponseBody().write(content);
      }
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

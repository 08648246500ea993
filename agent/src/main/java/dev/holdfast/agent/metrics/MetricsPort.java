package dev.holdfast.agent.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.holdfast.config.HostPort;
import dev.holdfast.task.WatchLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The agent's metrics port, plain HTTP: {@code /metrics}, {@code /healthz} (the work loop goes
 * round, or why a restart is due), {@code /readyz} (what is due is run, or why not). Nothing secret
 * is there, and nothing can be changed. It has threads only while somebody asks, and drops whoever
 * is one too many.
 */
public final class MetricsPort implements AutoCloseable {
  private static final int BACKLOG = 4;
  private static final String TEXT = "text/plain; charset=utf-8";

  private final HttpServer server;
  private final ThreadPoolExecutor threads;
  private final Answers answers;

  /** What is behind it; asked on its threads. */
  public interface Answers {
    /** The metrics; empty if nobody knows. */
    String metrics();

    /** Why the agent should be started again; empty if it should not. */
    Optional<String> dead();

    /** Why it does not run what is due; empty if it does. */
    Optional<String> notReady();
  }

  private MetricsPort(HttpServer server, Answers answers) {
    this.server = server;
    this.answers = answers;
    this.threads =
        new ThreadPoolExecutor(
            0,
            WatchLimits.MAX_AGENT_SCRAPES,
            5,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> {
              Thread thread = new Thread(task, "metrics");
              thread.setDaemon(true);
              return thread;
            },
            new ThreadPoolExecutor.DiscardPolicy());
  }

  /**
   * Opens it.
   *
   * @throws IOException if it can't listen there
   */
  public static MetricsPort open(HostPort where, Answers answers) throws IOException {
    HttpServer server =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getByName(where.host()), where.port()), BACKLOG);
    MetricsPort port = new MetricsPort(server, answers);
    server.setExecutor(port.threads);
    server.createContext("/", exchange -> answer(exchange, 404, TEXT, "not found\n"));
    server.createContext("/metrics", port::metrics);
    server.createContext("/healthz", exchange -> say(exchange, answers.dead(), "ok"));
    server.createContext("/readyz", exchange -> say(exchange, answers.notReady(), "ready"));
    server.start();
    return port;
  }

  /** The port on which it listens. */
  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void metrics(HttpExchange exchange) throws IOException {
    String text = answers.metrics();
    if (text.isEmpty()) {
      answer(exchange, 503, TEXT, "the agent gave no answer; look into its log\n");
    } else {
      answer(exchange, 200, Exposition.CONTENT_TYPE, text);
    }
  }

  private static void say(HttpExchange exchange, Optional<String> whyNot, String fine)
      throws IOException {
    answer(exchange, whyNot.isEmpty() ? 200 : 503, TEXT, whyNot.orElse(fine) + "\n");
  }

  private static void answer(HttpExchange exchange, int code, String type, String text)
      throws IOException {
    try (exchange) {
      boolean get = exchange.getRequestMethod().equals("GET");
      if (!get && !exchange.getRequestMethod().equals("HEAD")) {
        exchange.sendResponseHeaders(405, -1);
        return;
      }
      byte[] content = text.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(code, get ? content.length : -1);
      if (get) {
        exchange.getResponseBody().write(content);
      }
    }
  }
}

package dev.holdfast.coordinator.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.config.HostPort;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class MetricsListenerTest {
  private volatile Duration now = Duration.ofHours(1);
  private volatile Optional<String> notReady = Optional.of("starting");
  private final Liveness engine = new Liveness("engine", () -> now);
  private final Metrics metrics = new Metrics(() -> now);
  private final MetricsListener listener =
      new MetricsListener(new HostPort("127.0.0.1", 0), metrics, engine::dead, () -> notReady);

  @SuppressWarnings("NullAway.Init") // set before each test
  private HostPort at;

  @BeforeEach
  void start() throws StartException {
    at = listener.start();
  }

  @AfterEach
  void stop() {
    listener.stop();
  }

  @Test
  void healthIsGoneWhenTheThreadHasNotGoneRoundForThirtySeconds() throws Exception {
    assertEquals("200 ok", get("/healthz"));
    now = now.plusSeconds(30);
    assertEquals("200 ok", get("/healthz"));
    now = now.plusSeconds(1);
    assertEquals("503 the thread engine has stood still for 31 s", get("/healthz"));
    engine.beat();
    assertEquals("200 ok", get("/healthz"));
  }

  @Test
  void readinessSaysWhyNot() throws Exception {
    assertEquals("503 starting", get("/readyz"));
    notReady = Optional.empty();
    assertEquals("200 ready", get("/readyz"));
  }

  @Test
  void aFigureThatCannotBeFoundOutCostsNoOtherFigure() throws Exception {
    metrics.gauge("holdfast_a", "A.", () -> 1);
    metrics.gauge(
        "holdfast_b",
        "B.",
        () -> {
          throw new IllegalStateException("no");
        });
    metrics.gauge("holdfast_c", "C.", "kind", () -> Map.of("x", 2.0));

    String text = get("/metrics");

    assertTrue(text.startsWith("200 "), text);
    assertTrue(text.contains("holdfast_a 1.0"), text);
    assertTrue(text.contains("holdfast_c{kind=\"x\"} 2.0"), text);
  }

  @Test
  void whoWantsSomeIsToldThoseAndCostsNoOthers() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    metrics.gauge("holdfast_a", "A.", () -> 1);
    metrics.counter("holdfast_b_total", "B.", () -> 2);
    metrics.gauge("holdfast_a_b", "C.", asked::incrementAndGet);

    String some = get("/metrics?name%5B%5D=holdfast_a&other=1&name%5B%5D=holdfast_b_total");

    assertEquals(
        List.of("holdfast_a 1.0", "holdfast_b_total 2.0"),
        some.lines().filter(line -> line.startsWith("holdfast_")).toList());
    assertEquals(0, asked.get());
    assertEquals("200", get("/metrics?name%5B%5D=holdfast_x"));
    assertTrue(get("/metrics").contains("holdfast_a_b 1.0"));
  }

  private String get(String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create("http://" + at + path)).build(),
              HttpResponse.BodyHandlers.ofString());
      return (answer.statusCode() + " " + answer.body()).strip();
    }
  }
}

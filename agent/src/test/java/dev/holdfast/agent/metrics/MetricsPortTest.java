package dev.holdfast.agent.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.config.HostPort;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class MetricsPortTest {
  private volatile String text = "# HELP a b\n";
  private volatile Optional<String> dead = Optional.empty();
  private volatile Optional<String> notReady = Optional.empty();

  private final MetricsPort.Answers answers =
      new MetricsPort.Answers() {
        @Override
        public String metrics() {
          return text;
        }

        @Override
        public Optional<String> dead() {
          return dead;
        }

        @Override
        public Optional<String> notReady() {
          return notReady;
        }
      };

  @Test
  void eachPathHasItsAnswerAndNothingCanBeChanged() throws Exception {
    try (MetricsPort port = MetricsPort.open(new HostPort("127.0.0.1", 0), answers)) {
      assertEquals("200 # HELP a b\n", call(port, "GET", "/metrics"));
      assertEquals("200 ok\n", call(port, "GET", "/healthz"));
      assertEquals("200 ready\n", call(port, "GET", "/readyz"));
      assertEquals("200 ", call(port, "HEAD", "/healthz"));
      assertEquals("404 not found\n", call(port, "GET", "/"));
      assertEquals("405 ", call(port, "POST", "/metrics"));
      dead = Optional.of("it stands still");
      notReady = Optional.of("the disk is full");
      text = "";
      assertEquals("503 it stands still\n", call(port, "GET", "/healthz"));
      assertEquals("503 the disk is full\n", call(port, "GET", "/readyz"));
      assertEquals("503", call(port, "GET", "/metrics").substring(0, 3));
    }
  }

  private static String call(MetricsPort port, String method, String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port.port() + path))
                  .method(method, HttpRequest.BodyPublishers.noBody())
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() + " " + answer.body();
    }
  }

  @Test
  void textIsWrittenAsTheFormatWantsIt() {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("pl\\ain\n\"q\"", 0.5);
    values.put("b", Double.POSITIVE_INFINITY);

    assertEquals(
        """
        # HELP a What \\ is\\na.
        # TYPE a gauge
        a 3
        # HELP b_total B "c".
        # TYPE b_total counter
        b_total{k="pl\\\\ain\\n\\"q\\""} 0.5
        b_total{k="b"} +Inf
        # HELP c C.
        # TYPE c gauge
        c NaN
        """
            .replace("What \\ is", "What \\\\ is"),
        new Exposition()
            .gauge("a", "What \\ is\na.", 3)
            .counter("b_total", "B \"c\".", "k", values)
            .gauge("c", "C.", Double.NaN)
            .text());
  }
}

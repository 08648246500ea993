package dev.holdfast.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.metrics.MetricsPort;
import dev.holdfast.config.HostPort;
import dev.holdfast.task.OwnerThread;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** The agent's health, by a real thread and a real port. */
final class PulseTest {
  private volatile Duration sinceRound = Duration.ofSeconds(3);

  @Test
  void healthIsGoneWhileTheThreadStandsStillOrTheWorkLoopDoes() throws Exception {
    CountDownLatch stuck = new CountDownLatch(1);
    try (OwnerThread owner =
        new OwnerThread(
            "owner",
            InstantSource.system(),
            failure -> {
              throw new AssertionError(failure);
            })) {
      Pulse pulse = new Pulse(new Asked(owner), () -> sinceRound, Duration.ofSeconds(2));
      try (MetricsPort port = MetricsPort.open(new HostPort("127.0.0.1", 0), answers(pulse))) {
        assertEquals("200 ok", get(port));
        sinceRound = Duration.ofSeconds(33);
        assertEquals("503 the work loop has stood still for 33 s", get(port));
        sinceRound = Duration.ZERO;

        owner.execute(() -> await(stuck));
        assertEquals("503 the agent's thread gave no answer for 2 s", get(port));
        stuck.countDown();
        assertEquals("200 ok", get(port));
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static MetricsPort.Answers answers(Pulse pulse) {
    return new MetricsPort.Answers() {
      @Override
      public String metrics() {
        return "";
      }

      @Override
      public Optional<String> dead() {
        return pulse.dead();
      }

      @Override
      public Optional<String> notReady() {
        return Optional.empty();
      }
    };
  }

  private static String get(MetricsPort port) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port.port() + "/healthz"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertTrue(answer.body().endsWith("\n"), answer.body());
      return answer.statusCode() + " " + answer.body().strip();
    }
  }
}

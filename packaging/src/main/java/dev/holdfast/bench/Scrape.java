package dev.holdfast.bench;

import dev.holdfast.system.Rig;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * What the coordinator of a rig counts, read from its metrics: by the plainest client there is, on
 * a connection that is kept, since it is asked 40 times a second while others are measured.
 */
final class Scrape {
  /** Links whose agents hold what is wanted of them. */
  static final String SETTLED = "holdfast_links_settled";

  /** Links. */
  static final String LINKS = "holdfast_links";

  /** Sets that agents acknowledged. */
  static final String ADOPTED = "holdfast_sets_adopted_total";

  /** Reports that are stored. */
  static final String STORED = "holdfast_reports_stored_total";

  /** Commits of them. */
  static final String COMMITS = "holdfast_report_commits_total";

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);

  private static final int PATIENCE_MILLIS = 10_000;

  private final Rig rig;

  Scrape(Rig rig) {
    this.rig = rig;
  }

  /** A number now; -1 if the coordinator does not answer, or counts no such thing. */
  double value(String name) throws InterruptedException {
    String text;
    try {
      URLConnection asked =
          URI.create("http://" + rig.metricsAddress() + "/metrics?name%5B%5D=" + name)
              .toURL()
              .openConnection();
      asked.setConnectTimeout(PATIENCE_MILLIS);
      asked.setReadTimeout(PATIENCE_MILLIS);
      try (InputStream answer = asked.getInputStream()) {
        text = new String(answer.readAllBytes(), StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      return -1;
    }
    return text.lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElse(-1);
  }

  /** A number that is there. */
  long count(String name) throws InterruptedException {
    double value = value(name);
    if (value < 0) {
      throw new IllegalStateException("no " + name + " in the coordinator's metrics");
    }
    return (long) value;
  }

  /** Waits until a number is at least so much. */
  void await(String name, long atLeast, Duration atMost) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    while (value(name) < atLeast) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            name
                + " was "
                + value(name)
                + ", not "
                + atLeast
                + ", after "
                + atMost
                + ": "
                + last());
      }
      pause();
    }
  }

  /** Waits until nothing has been stored for two seconds. */
  void awaitQuiet(Duration atMost) throws InterruptedException {
    awaitQuiet(atMost, () -> true);
  }

  /** The same, once something else is so too. */
  void awaitQuiet(Duration atMost, BooleanSupplier also) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    double before = -2;
    int same = 0;
    while (same < 8 || !also.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("reports still come after " + atMost + ": " + last());
      }
      pause();
      double now = value(STORED) + value(ADOPTED);
      same = now == before ? same + 1 : 0;
      before = now;
    }
  }

  private String last() {
    return String.join("\n", rig.lastLines(10));
  }

  private static void pause() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(BETWEEN_LOOKS.toMillis());
  }
}

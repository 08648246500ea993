package dev.holdfast.agent.assignment;

import dev.holdfast.agent.link.Uplink;
import dev.holdfast.task.Limits;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Sha256;
import dev.holdfast.task.Timers;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Asks for the bodies that are lacking: at most {@link RunLimits#FETCHES_AT_ONCE} at once, and
 * again after a failure with a wait that doubles from {@link Limits#RECONNECT_FIRST} up to {@link
 * Limits#RECONNECT_LONGEST}, or at once when the coordinator was heard again. An answer that never
 * comes is given up after {@link #PATIENCE}. On the agent's own thread.
 */
public final class BodyFetcher {
  /** How long an answer may take. */
  static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Uplink uplink;
  private final Timers timers;
  private final Taker taker;
  private final Map<Sha256, Duration> asked = new HashMap<>();
  private final Map<Sha256, Failures> failures = new HashMap<>();

  /** Takes what arrives, and says whether it is what was asked for. */
  public interface Taker {
    /** The bytes of a body; empty if they did not come. */
    boolean take(Sha256 body, Optional<byte[]> bytes);
  }

  /** Over a link. */
  public BodyFetcher(Uplink uplink, Timers timers, Taker taker) {
    this.uplink = uplink;
    this.timers = timers;
    this.taker = taker;
  }

  private record Failures(int count, Duration retryAt) {}

  /** Asks for what can be asked for now. */
  public void seek(List<Sha256> lacking) {
    failures.keySet().retainAll(new HashSet<>(lacking));
    Duration now = timers.uptime();
    for (Sha256 body : List.copyOf(asked.keySet())) {
      if (now.minus(asked.get(body)).compareTo(PATIENCE) > 0) {
        failed(body);
      }
    }
    if (!uplink.linked()) {
      return;
    }
    for (Sha256 body : lacking) {
      Failures failed = failures.get(body);
      boolean waits = failed != null && failed.retryAt.compareTo(now) > 0;
      if (asked.size() < RunLimits.FETCHES_AT_ONCE && !waits && !asked.containsKey(body)) {
        asked.put(body, now);
        uplink.fetch(body, bytes -> answered(body, bytes));
      }
    }
  }

  /** The coordinator was heard: what failed is asked for again without a wait. */
  public void retryNow() {
    failures.clear();
  }

  /**
   * How long until something is to be asked for again; empty if nothing waits for its time. What
   * waits for a link or for an answer is asked for when those come.
   */
  public Optional<Duration> nextRetry() {
    Duration now = timers.uptime();
    return failures.values().stream()
        .map(failed -> failed.retryAt.minus(now))
        .filter(Duration::isPositive)
        .min(Duration::compareTo);
  }

  private void answered(Sha256 body, Optional<byte[]> bytes) {
    asked.remove(body);
    if (taker.take(body, bytes)) {
      failures.remove(body);
    } else {
      failed(body);
    }
  }

  private void failed(Sha256 body) {
    asked.remove(body);
    int count = failures.containsKey(body) ? failures.get(body).count + 1 : 1;
    Duration wait = Limits.RECONNECT_FIRST.multipliedBy(1L << Math.min(count - 1, 20));
    Duration bounded =
        wait.compareTo(Limits.RECONNECT_LONGEST) > 0 ? Limits.RECONNECT_LONGEST : wait;
    failures.put(body, new Failures(count, timers.uptime().plus(bounded)));
  }
}

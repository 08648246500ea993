package dev.holdfast.coordinator.server;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who failed to show who they are how often, and who is to be silent for it: after so many failures
 * in a minute, five minutes. It knows a bounded number of sources; the one that failed least lately
 * is forgotten first. Not safe for several threads.
 */
final class FailureCount {
  /** Over which failures are counted. */
  static final Duration WINDOW = Duration.ofMinutes(1);

  /** For how long a source that failed too often gets no hearing. */
  static final Duration SILENCE = Duration.ofMinutes(5);

  /** Sources that are remembered. */
  static final int MAX_SOURCES = 10_000;

  private final int allowed;
  private final Map<String, Tally> tallies = new LinkedHashMap<>();

  /**
   * @param allowed failures of one source in a minute
   */
  FailureCount(int allowed) {
    this.allowed = allowed;
  }

  private record Tally(Duration since, int failures, Duration silentUntil) {}

  /** For how long a source gets no hearing yet; zero: it is heard. */
  Duration silence(String source, Duration uptime) {
    Tally tally = tallies.get(source);
    return tally == null || tally.silentUntil.compareTo(uptime) <= 0
        ? Duration.ZERO
        : tally.silentUntil.minus(uptime);
  }

  /**
   * Notes a failure.
   *
   * @return whether it is the one that silences the source
   */
  boolean failed(String source, Duration uptime) {
    Tally before = tallies.remove(source);
    boolean begins = before == null || uptime.minus(before.since).compareTo(WINDOW) >= 0;
    Duration since = before == null || begins ? uptime : before.since;
    int failures = before == null || begins ? 1 : before.failures + 1;
    boolean silences = failures > allowed;
    tallies.put(
        source,
        new Tally(since, silences ? 0 : failures, silences ? uptime.plus(SILENCE) : Duration.ZERO));
    if (tallies.size() > MAX_SOURCES) {
      Iterator<String> oldest = tallies.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
    return silences;
  }
}

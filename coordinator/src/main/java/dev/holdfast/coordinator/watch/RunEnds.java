package dev.holdfast.coordinator.watch;

import dev.holdfast.coordinator.ingest.RunEnd;
import dev.holdfast.report.RunStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the ends of runs since the start of the program, by status and detailed status. Agents
 * write the detailed status, so only words that are known are told apart.
 */
public final class RunEnds {
  /** The detail of a word that is not known. */
  static final String OTHER = "Other";

  /** Words that say more than the status does. */
  static final Set<String> DETAILS =
      Set.of(
          "CalendarClosed",
          "DurationExceeded",
          "ErrorLimit",
          "Expired",
          "ForbiddenByHost",
          "Frozen",
          "InvalidDocument",
          "InvalidParameters",
          "MissingParameter",
          "NothingToAudit",
          "Parked",
          "PluginNotAvailable",
          "RebootDidNotHappen",
          "SecretUnavailable",
          "StillRunning",
          "Superseded",
          "UnresolvedParameter");

  private final ConcurrentMap<List<String>, LongAdder> counts = new ConcurrentHashMap<>();

  /** Nothing ended yet. */
  public RunEnds() {
    for (RunStatus status : RunStatus.values()) {
      if (status.terminal()) {
        counts.put(List.of(status.text(), status.text()), new LongAdder());
      }
    }
    // there from the start, so that the first of a kind is seen to be one more
    for (String detail : DETAILS) {
      counts.put(List.of(RunStatus.FAILED.text(), detail), new LongAdder());
      counts.put(List.of(RunStatus.SKIPPED.text(), detail), new LongAdder());
    }
  }

  /** A run has ended. From any thread. */
  public void ended(RunEnd end) {
    String status = end.run().status().text();
    String said = end.run().detailedStatus();
    String detail = said.isEmpty() || said.equals(status) ? status : known(said);
    counts.computeIfAbsent(List.of(status, detail), _ -> new LongAdder()).increment();
  }

  private static String known(String said) {
    return DETAILS.contains(said) ? said : OTHER;
  }

  /** By status and detail; each status is there, and with the likely ones each detail. */
  public Map<List<String>, Double> counts() {
    Map<List<String>, Double> now = new LinkedHashMap<>();
    counts.forEach((key, count) -> now.put(key, (double) count.sum()));
    return now;
  }
}

package dev.holdfast.coordinator.execution;

import dev.holdfast.report.RunStatus;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the targets of an execution come to.
 *
 * @param counts how many have which status; none where there are none
 * @param targets how many there are
 * @param status of the whole
 * @param detailedStatus that of all targets which have the status of the whole, if it is one and
 *     the same; else the status; {@code NoTargets} if there are none
 */
public record Tally(
    Map<RunStatus, Integer> counts, int targets, RunStatus status, String detailedStatus) {
  /** The first of these that a target has is the status of the whole, once nothing goes on. */
  private static final List<RunStatus> WORST_FIRST =
      List.of(
          RunStatus.FAILED,
          RunStatus.INTERRUPTED,
          RunStatus.TIMED_OUT,
          RunStatus.CANCELLED,
          RunStatus.SUCCESS,
          RunStatus.SKIPPED);

  /** What an execution without targets says. */
  static final String NO_TARGETS = "NoTargets";

  /** Copies. */
  public Tally {
    counts = Map.copyOf(counts);
  }

  /** Counts. */
  public static Tally of(List<Targets.Target> targets) {
    Map<RunStatus, Integer> counts = new EnumMap<>(RunStatus.class);
    targets.forEach(target -> counts.merge(target.status(), 1, Integer::sum));
    RunStatus status = summary(counts);
    Set<String> details = new HashSet<>();
    targets.stream()
        .filter(target -> target.status() == status)
        .forEach(target -> details.add(target.detailedStatus()));
    String detail =
        targets.isEmpty()
            ? NO_TARGETS
            : details.size() == 1 ? details.iterator().next() : status.text();
    return new Tally(counts, targets.size(), status, detail);
  }

  /**
   * What statuses come to: in progress as long as some have ended and some have not, or any has
   * begun; the worst when all have ended; skipped if there are none, since nothing ran.
   */
  static RunStatus summary(Map<RunStatus, Integer> counts) {
    boolean pending = counts.containsKey(RunStatus.PENDING);
    if (counts.containsKey(RunStatus.IN_PROGRESS) || (pending && counts.size() > 1)) {
      return RunStatus.IN_PROGRESS;
    }
    if (pending) {
      return RunStatus.PENDING;
    }
    return WORST_FIRST.stream().filter(counts::containsKey).findFirst().orElse(RunStatus.SKIPPED);
  }
}

package dev.holdfast.coordinator.retention;

import dev.holdfast.coordinator.store.OldRuns.Row;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.RetentionLimits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Decides which runs of an association on an instance stay. */
final class RunRule {
  private RunRule() {}

  /** What becomes of a run. */
  enum Verdict {
    /** It stays as it is. */
    KEEP,
    /** It stays without what its steps put out. */
    BARE,
    /** It goes. */
    GO
  }

  /**
   * Decides.
   *
   * @param runs all that there are, the one that was started last first
   * @param over the association or the instance is gone for good: there is nothing that they say
   *     how it stands
   * @return a verdict a run
   */
  static List<Verdict> decide(List<Row> runs, boolean over, Kept kept, Instant now) {
    int ended = first(runs, run -> run.status().terminal());
    int success = first(runs, run -> run.status() == RunStatus.SUCCESS);
    int failure = first(runs, run -> run.status().error());
    Instant since = now.minus(kept.runs());
    Instant young = now.minus(RetentionLimits.RUN_KEPT_AT_LEAST);
    List<Verdict> verdicts = new ArrayList<>(runs.size());
    for (int i = 0; i < runs.size(); i++) {
      Row run = runs.get(i);
      boolean stands =
          !over && (i == 0 || i == ended || i == success || i == failure || run.current());
      boolean within = i < kept.runsEach() && !run.received().isBefore(since);
      if (!run.status().terminal()) {
        verdicts.add(Verdict.KEEP);
      } else if (!stands && !within && run.received().isBefore(young)) {
        verdicts.add(Verdict.GO);
      } else {
        boolean shown = i < kept.outputs() || i == failure || !run.output();
        verdicts.add(shown ? Verdict.KEEP : Verdict.BARE);
      }
    }
    return verdicts;
  }

  private static int first(List<Row> runs, Predicate<Row> which) {
    for (int i = 0; i < runs.size(); i++) {
      if (which.test(runs.get(i))) {
        return i;
      }
    }
    return -1;
  }
}

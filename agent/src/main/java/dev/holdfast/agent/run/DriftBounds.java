package dev.holdfast.agent.run;

import dev.holdfast.report.Drift;
import dev.holdfast.report.StepResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Leaves out differences for which a report has no room. */
final class DriftBounds {
  private DriftBounds() {}

  /** The steps with so few differences that those of all steps together fit. */
  static List<StepResult> fitting(List<StepResult> steps, int limit) {
    int left = limit;
    List<StepResult> bounded = new ArrayList<>();
    for (StepResult step : steps) {
      List<Drift> kept = new ArrayList<>();
      for (Drift drift : step.drift()) {
        int bytes = bytes(drift);
        // One of each step stays, however little room there is: it makes the step what it is.
        if (bytes <= left || kept.isEmpty()) {
          kept.add(drift);
          left -= bytes;
        }
      }
      bounded.add(kept.size() == step.drift().size() ? step : with(step, kept));
    }
    return bounded;
  }

  private static int bytes(Drift drift) {
    return (drift.resource() + drift.property() + drift.actual() + drift.desired())
        .getBytes(StandardCharsets.UTF_8)
        .length;
  }

  private static StepResult with(StepResult step, List<Drift> kept) {
    String note = (step.drift().size() - kept.size()) + " more differences are left out";
    return new StepResult(
        step.name(),
        step.action(),
        step.status(),
        step.exitCode(),
        step.attempt(),
        step.start(),
        step.end(),
        step.changed(),
        kept,
        step.stdout(),
        step.stderr(),
        Reasons.bounded(step.reason().isEmpty() ? note : step.reason() + "; " + note));
  }
}

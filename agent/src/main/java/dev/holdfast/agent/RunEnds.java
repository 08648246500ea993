package dev.holdfast.agent;

import dev.holdfast.agent.assignment.Opened;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import java.util.Optional;

/** What is told of ends that are more, or less, than the runner knows. */
final class RunEnds {
  private RunEnds() {}

  /** A run that was cancelled when its execution was over, and only since it was, says so. */
  static Report.Run cutOff(Optional<Opened> opened, Report.Run report) {
    boolean over =
        report.status() == RunStatus.CANCELLED
            && opened.isPresent()
            && opened.get().over(report.end().orElse(opened.get().at()));
    return over ? report.saying(Opened.DURATION_EXCEEDED, "its execution was over") : report;
  }

  /** An end that is none: the run is started once more. */
  static Report.Run triedAgain(Report.Run report) {
    return new Report.Run(
        report.association(),
        report.trigger(),
        report.attempt(),
        report.startNumber(),
        RunStatus.IN_PROGRESS,
        report.detailedStatus(),
        report.assignment(),
        report.associationVersion(),
        report.documentVersion(),
        report.scheduled(),
        report.start(),
        Optional.empty(),
        report.caughtUp(),
        report.missedTicks(),
        report.steps(),
        report.reason());
  }
}

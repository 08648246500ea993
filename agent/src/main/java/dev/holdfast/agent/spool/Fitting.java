package dev.holdfast.agent.spool;

import com.google.protobuf.ByteString;
import dev.holdfast.report.Drift;
import dev.holdfast.report.Output;
import dev.holdfast.report.Report;
import dev.holdfast.report.StepResult;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.ReportCodec;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Makes a run's report fit its bound. What is cut is output first, the middle of it, then
 * differences and long words, then all differences; never the status of a step.
 */
final class Fitting {
  private static final int LEAST_OUTPUT_BYTES = 64;
  private static final int MAX_DRIFT = 10;
  private static final int MAX_WORDS = 200;

  private Fitting() {}

  /** What a report of these takes the place of: the same put before. */
  static String key(Report.Compliance put) {
    return "compliance " + put.type();
  }

  /** What a report of these takes the place of: progress of the same run. */
  static String key(Report.Run run) {
    return run.association().value() + " " + run.trigger().text();
  }

  /** The report, or as much of it as the bound has room for. */
  static Report.Run fit(Report.Run run) {
    Report.Run fitting = run;
    for (int kept = Limits.MAX_STDOUT_KEPT_BYTES;
        kept >= LEAST_OUTPUT_BYTES && tooLarge(fitting);
        kept /= 2) {
      int most = kept;
      fitting = with(fitting, step -> withOutput(step, most));
    }
    if (tooLarge(fitting)) {
      fitting = with(fitting, Fitting::withFewWords);
    }
    if (tooLarge(fitting)) {
      fitting = with(fitting, step -> withDrift(step, List.of()));
    }
    return fitting;
  }

  /** Whether there is any output in it. */
  static boolean hasOutput(Report.Run run) {
    return run.steps().stream().anyMatch(step -> kept(step.stdout()) + kept(step.stderr()) > 0);
  }

  /** The report with nothing of the output but how much there was. */
  static Report.Run withoutOutput(Report.Run run) {
    return with(run, step -> withOutput(step, 0));
  }

  private static int kept(Output output) {
    return output.head().size() + output.tail().size();
  }

  private static boolean tooLarge(Report.Run run) {
    return ReportCodec.toBytes(Long.MAX_VALUE, run).size() > Limits.MAX_REPORT_BYTES;
  }

  private static Report.Run with(Report.Run run, UnaryOperator<StepResult> change) {
    return new Report.Run(
        run.association(),
        run.trigger(),
        run.attempt(),
        run.startNumber(),
        run.status(),
        run.detailedStatus(),
        run.assignment(),
        run.associationVersion(),
        run.documentVersion(),
        run.scheduled(),
        run.start(),
        run.end(),
        run.caughtUp(),
        run.missedTicks(),
        run.steps().stream().map(change).toList(),
        run.reason());
  }

  private static StepResult withOutput(StepResult step, int most) {
    return new StepResult(
        step.name(),
        step.action(),
        step.status(),
        step.exitCode(),
        step.attempt(),
        step.start(),
        step.end(),
        step.changed(),
        step.drift(),
        cut(step.stdout(), most),
        cut(step.stderr(), most),
        step.reason());
  }

  private static StepResult withFewWords(StepResult step) {
    List<Drift> drift =
        step.drift().stream()
            .limit(MAX_DRIFT)
            .map(
                one ->
                    new Drift(
                        shorter(one.resource()),
                        shorter(one.property()),
                        shorter(one.actual()),
                        shorter(one.desired())))
            .toList();
    return withDrift(step, drift);
  }

  /** With these differences, and a short reason. */
  private static StepResult withDrift(StepResult step, List<Drift> drift) {
    return new StepResult(
        step.name(),
        step.action(),
        step.status(),
        step.exitCode(),
        step.attempt(),
        step.start(),
        step.end(),
        step.changed(),
        drift,
        step.stdout(),
        step.stderr(),
        shorter(step.reason()));
  }

  /** First and last bytes, at most this many in all. */
  static Output cut(Output output, int most) {
    if (output.head().size() + output.tail().size() <= most) {
      return output;
    }
    ByteString last = output.tail().isEmpty() ? output.head() : output.tail();
    int headBytes = Math.min(output.head().size(), most / 2);
    int tailBytes = Math.min(last.size(), most - headBytes);
    return new Output(
        output.head().substring(0, headBytes),
        last.substring(last.size() - tailBytes),
        output.totalBytes());
  }

  private static String shorter(String text) {
    return text.length() <= MAX_WORDS ? text : text.substring(0, MAX_WORDS) + "...";
  }
}

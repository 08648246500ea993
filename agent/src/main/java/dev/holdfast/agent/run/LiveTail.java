package dev.holdfast.agent.run;

import dev.holdfast.agent.process.ProcessException;
import dev.holdfast.agent.process.Processes.Outputs;
import dev.holdfast.report.Report;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Timers;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Tells what a script has put out while it runs: its first and last bytes, at most every {@link
 * RunLimits#LIVE_EVERY}, and only when more has come. A report carries the steps before it too;
 * where these are large, it comes less often.
 */
final class LiveTail implements Timers.Timer {
  private final Timers timers;
  private final Supplier<Outputs> soFar;
  private final Function<Outputs, Report.Run> report;
  private final Consumer<Report.Run> tell;
  private long told;
  private Timers.Timer timer;

  /**
   * Begins to look.
   *
   * @param soFar what the script has put out
   * @param report of the run, with that as the output of the step in progress
   */
  LiveTail(
      Timers timers,
      Supplier<Outputs> soFar,
      Function<Outputs, Report.Run> report,
      Consumer<Report.Run> tell) {
    this.timers = timers;
    this.soFar = soFar;
    this.report = report;
    this.tell = tell;
    this.timer = timers.after(RunLimits.LIVE_EVERY, this::look);
  }

  /** The script has ended, or is about to be: nothing is told any more. */
  @Override
  public void cancel() {
    timer.cancel();
  }

  private void look() {
    Outputs outputs;
    try {
      outputs = soFar.get();
    } catch (ProcessException e) {
      timer = timers.after(RunLimits.LIVE_EVERY, this::look); // its end is told all the same
      return;
    }
    long bytes = outputs.stdout().totalBytes() + outputs.stderr().totalBytes();
    if (bytes == told) {
      timer = timers.after(RunLimits.LIVE_EVERY, this::look);
      return;
    }
    told = bytes;
    Report.Run run =
        report.apply(
            new Outputs(
                OutputBounds.cut(outputs.stdout(), RunLimits.LIVE_BYTES),
                OutputBounds.cut(outputs.stderr(), RunLimits.LIVE_BYTES)));
    timer = timers.after(pause(run), this::look);
    tell.accept(run);
  }

  private static Duration pause(Report.Run run) {
    Duration pause =
        Duration.ofSeconds(OutputBounds.bytes(run.steps()) / RunLimits.LIVE_BYTES_A_SECOND);
    return pause.compareTo(RunLimits.LIVE_EVERY) > 0 ? pause : RunLimits.LIVE_EVERY;
  }
}

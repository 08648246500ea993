package dev.holdfast.agent.run;

import dev.holdfast.report.Report;

/** Hears what becomes of runs, on the agent's own thread. */
public interface RunListener {

  /**
   * The run's state now. When this returns for a terminal status, the report is durable in the
   * spool; the runner forgets the run only then. After a crash between the two the same terminal
   * report comes again.
   */
  void reported(String runId, Report.Run report);
}

package dev.holdfast.agent.simulate;

import dev.holdfast.agent.process.Processes.Launch;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.report.Report;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;

/**
 * What simulated agents did, to be compared with what a coordinator knows: each start of a script,
 * and each end of a run that is in a spool. Counted, and written to a file if there is one. On the
 * agents' thread.
 */
public final class RunBook implements AutoCloseable {
  private final Writer file;
  private long starts;
  private long ends;
  private boolean closed;

  /** Over what it is written to, which is closed with this. */
  public RunBook(Writer file) {
    this.file = file;
  }

  /** A script was started. */
  public void started(Launch launch) {
    starts++;
    write(
        "started "
            + launch.environment().get("HOLDFAST_RUN_ID")
            + " "
            + launch.environment().get("HOLDFAST_ATTEMPT"));
  }

  /** A report of an instance is in its spool. */
  public void spooled(InstanceId instance, Report report) {
    if (report instanceof Report.Run run && run.status().terminal()) {
      ends++;
      write(
          "ended "
              + Identity.runId(instance, run.association(), run.trigger())
              + " "
              + run.attempt()
              + " "
              + run.status());
    }
  }

  /** How many scripts were started. */
  public long starts() {
    return starts;
  }

  /** How many runs ended. */
  public long ends() {
    return ends;
  }

  /** What is still told after this is counted alone. */
  @Override
  public void close() {
    closed = true;
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write which runs there were", e);
    }
  }

  private void write(String line) {
    if (closed) {
      return;
    }
    try {
      file.write(line);
      file.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write which runs there were", e);
    }
  }
}

package dev.holdfast.agent.process;

import dev.holdfast.report.Output;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The host's processes, as a seam. A script runs under a small wrapper in a session of its own and
 * outlives the agent; how it ended is a file. A folder names one start for good: it is never used
 * for a second one. Calls do not block for long; ends are told on the agent's own thread, never
 * from within the call.
 */
public interface Processes {

  /** Names this start of the host: a new one after every reboot. */
  String bootId();

  /**
   * Starts a program under the wrapper. When this returns, the process runs or has already ended.
   *
   * @throws ProcessException if it can't be started; nothing is left running
   */
  Started start(Launch launch);

  /**
   * Watches a process started in this life of the agent or an earlier one. The listener is told the
   * end once: when the script has ended and nobody holds its output open any more, or when the
   * wrapper is gone.
   */
  void watch(Path folder, Started started, EndListener listener);

  /**
   * What is left of a start of an earlier life of the agent: its end if the exit file is there,
   * else whether it still runs.
   *
   * @param started what was noted of it; empty if the agent died before it could note anything
   */
  Found find(Path folder, Optional<Started> started);

  /**
   * Ends what was started in the folder, double-forked children too: SIGTERM, grace, SIGKILL, until
   * nothing is left. A listener that watches is told the end as well.
   *
   * @param gone told once, when nothing is left
   */
  void kill(Path folder, Runnable gone);

  /** What was kept of standard output and standard error, within the bounds of a report. */
  Outputs outputs(Path folder);

  /** How many bytes the folder takes, with all that is in it. */
  long bytes(Path folder);

  /**
   * What to start.
   *
   * @param folder the step's own folder below the state folder; made by the call, with the script,
   *     the output and the exit file in it
   * @param command program and arguments; never through a shell
   * @param script what the command runs, written as {@link #scriptFile}
   * @param environment all of it: nothing is inherited
   * @param workingFolder where it starts
   */
  record Launch(
      Path folder,
      List<String> command,
      String script,
      Map<String, String> environment,
      Path workingFolder) {

    /** Copies. */
    public Launch {
      command = List.copyOf(command);
      environment = Map.copyOf(environment);
    }
  }

  /** Where the script of a start is. */
  static Path scriptFile(Path folder) {
    return folder.resolve("_script.sh");
  }

  /**
   * A process for good: process ids are used again, so its start time and boot tell which.
   *
   * @param pid of the wrapper
   * @param startTicks since the host's start, as the kernel counts; -1 if it had already ended
   * @param at by the wall clock
   */
  record Started(long pid, long startTicks, String bootId, Instant at) {}

  /** What was found of an earlier start. */
  sealed interface Found {
    /** It ended, and its wrapper wrote down how. */
    record Ended(int exitCode) implements Found {}

    /**
     * It still runs, under its wrapper.
     *
     * @param age for how long, by a clock that nobody sets
     */
    record Running(Started started, Duration age) implements Found {}

    /** It is gone, or its wrapper is, and nobody saw how it ended; children may be left. */
    record Lost() implements Found {}
  }

  /** Hears of the end. */
  interface EndListener {
    /** The exit code; empty if nobody saw it: the wrapper is gone and wrote nothing. */
    void ended(Optional<Integer> exitCode);
  }

  /** What was kept of the two streams. */
  record Outputs(Output stdout, Output stderr) {

    /** Nothing was written. */
    public static final Outputs NONE = new Outputs(Output.NONE, Output.NONE);
  }
}

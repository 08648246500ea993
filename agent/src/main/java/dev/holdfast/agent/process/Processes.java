package dev.holdfast.agent.process;

import dev.holdfast.report.Output;
import dev.holdfast.task.Limits;
import dev.holdfast.task.RunLimits;
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
   * end once: when the script has ended and its output is closed, at most {@link
   * RunLimits#OUTPUT_HELD} later where a child holds it open; or when the wrapper is gone.
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

  /**
   * What was kept of standard output and standard error, within the bounds of a report. While the
   * script runs this is what has come so far.
   */
  Outputs outputs(Path folder);

  /**
   * How many processes are left of a start whose end was told: children that a script left running
   * when it ended by itself, or what could not be ended by a kill. Where there are no control
   * groups, children that closed the output are not among them.
   */
  int left(Path folder);

  /** How many bytes the folder takes, with all that is in it. */
  long bytes(Path folder);

  /**
   * What to start. The process sees what is given here and nothing else: these variables and the
   * mark of its tree, descriptors 0 (empty), 1 and 2, umask 077, and the bounds that {@link Limits}
   * names.
   *
   * @param folder the step's own folder below the state folder; made by the call, with the script,
   *     the output and the exit file in it
   * @param interpreter program and arguments that the script's file is put after; empty: the shell
   *     starts the file, so that its first line can name an interpreter
   * @param file the name that the script's file gets: one of ours, never one that a person gave
   * @param script what is in it
   * @param environment all of it: nothing is inherited
   * @param workingFolder where it starts; made if it is beside the step's own folder. Empty: the
   *     home folder of the user, or where the agent itself is
   * @param user whose rights it has; empty: those of the agent
   */
  record Launch(
      Path folder,
      List<String> interpreter,
      String file,
      String script,
      Map<String, String> environment,
      Optional<Path> workingFolder,
      Optional<String> user) {

    /** Copies. */
    public Launch {
      interpreter = List.copyOf(interpreter);
      environment = Map.copyOf(environment);
    }
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

  /**
   * What was kept of the two streams.
   *
   * @param left how many processes of the start are left, as {@link Processes#left} counts them; 0
   *     while it runs
   */
  record Outputs(Output stdout, Output stderr, int left) {

    /** Nothing was written, and nothing is left. */
    public static final Outputs NONE = new Outputs(Output.NONE, Output.NONE);

    /** Nothing is left, as far as is known. */
    public Outputs(Output stdout, Output stderr) {
      this(stdout, stderr, 0);
    }

    /** The same with that many processes left. */
    public Outputs leaving(int processes) {
      return new Outputs(stdout, stderr, processes);
    }
  }
}

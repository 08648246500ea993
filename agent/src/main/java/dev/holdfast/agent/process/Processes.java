package dev.holdfast.agent.process;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The host's processes, as a seam. A script runs under a small wrapper in a session of its own and
 * outlives the agent; how it ended is a file. Calls do not block for long; ends are told on the
 * agent's own thread.
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
   * end once.
   */
  void watch(Path folder, Started started, EndListener listener);

  /**
   * What is left of a process that an earlier life of the agent started: its end if the exit file
   * is there, else whether it still runs.
   */
  Found find(Path folder, Started started);

  /**
   * Ends the whole tree, double-forked children too: SIGTERM, grace, SIGKILL. The listener that
   * watches is told the end; if nobody watches, that is fine.
   */
  void kill(Path folder, Started started);

  /** The first and last bytes that were written to standard output and standard error. */
  Outputs outputs(Path folder);

  /**
   * What to start.
   *
   * @param folder the step's own folder, made by the runner below the state folder: script, output
   *     and exit file are in it
   * @param command program and arguments; never through a shell
   * @param script what the command runs, written as {@code folder/script}
   * @param environment all of it: nothing is inherited
   * @param workingFolder where it starts
   */
  record Launch(
      Path folder,
      List<String> command,
      String script,
      Map<String, String> environment,
      Path workingFolder) {}

  /** A process for good: process ids are used again, so its start time and boot tell which. */
  record Started(long pid, long startTicks, String bootId, Instant at) {}

  /** What was found of an earlier process. */
  sealed interface Found {
    /** It ended, and its wrapper wrote down how. */
    record Ended(int exitCode) implements Found {}

    /** It still runs, under its wrapper. */
    record Running() implements Found {}

    /** It is gone, or its wrapper is, and nobody saw how it ended. */
    record Lost() implements Found {}
  }

  /** Hears of the end. */
  interface EndListener {
    /** The exit code; empty if nobody saw it. */
    void ended(Optional<Integer> exitCode);
  }

  /** What was kept of the two streams. */
  record Outputs(dev.holdfast.report.Output stdout, dev.holdfast.report.Output stderr) {}
}

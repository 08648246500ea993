package dev.holdfast.agent.process;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Runs a program of the host to its end and reads what it says: for tasks inside the agent. Called
 * on a worker, where it blocks. What it starts carries the mark of a folder, so that {@link
 * Processes#kill} of that folder ends it, whole.
 */
public interface Commands {

  /**
   * Runs a command, never through a shell.
   *
   * @throws ProcessException if it can't be started, or takes too long; then it is killed
   * @throws InterruptedException if the worker is to stop; what was started is left to {@link
   *     Processes#kill}
   */
  Ran run(Command command) throws InterruptedException;

  /**
   * What to run.
   *
   * @param folder whose mark it carries; it need not exist
   * @param words program and arguments
   * @param environment all of it: nothing is inherited
   * @param workingFolder where it starts
   * @param input its standard input, whole
   * @param atMost after this it is killed
   * @param keep how many of the first and of the last bytes of each stream are kept
   */
  record Command(
      Path folder,
      List<String> words,
      Map<String, String> environment,
      Path workingFolder,
      String input,
      Duration atMost,
      int keep) {

    /** Copies. */
    public Command {
      words = List.copyOf(words);
      environment = Map.copyOf(environment);
    }
  }

  /**
   * How it went.
   *
   * @param exitCode its own, or 128 and the signal that ended it
   * @param stdout what was kept; a line in its middle says if something was left out
   * @param stderr likewise
   */
  record Ran(int exitCode, String stdout, String stderr) {

    /** Whether it ended with exit code 0. */
    public boolean well() {
      return exitCode == 0;
    }

    /** The bytes of a stream as text; what is no UTF-8 becomes a sign that says so. */
    static String text(byte[] bytes) {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }
}

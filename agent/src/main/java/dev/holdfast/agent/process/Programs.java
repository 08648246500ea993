package dev.holdfast.agent.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Runs programs of the host for tasks of steps, as a seam. Called on a worker; what is started
 * carries the mark of the step's folder, so that {@link Processes#kill} of that folder ends it.
 */
public interface Programs {

  /**
   * Runs a program to its end.
   *
   * @throws ProcessException if it can't be started or takes too long; it is ended then
   * @throws InterruptedException if the worker was interrupted; its children may be left
   */
  Ended run(Program program) throws InterruptedException;

  /**
   * What to run.
   *
   * @param command program and arguments; never through a shell
   * @param environment all of it: nothing is inherited
   * @param workingFolder where it starts
   * @param folder of the start of the step that it belongs to
   * @param atMost after this it is killed
   * @param look called about every half second while it runs; what it throws ends the program
   */
  record Program(
      List<String> command,
      Map<String, String> environment,
      Path workingFolder,
      Path folder,
      Duration atMost,
      Runnable look) {
    /** Copies. */
    public Program {
      command = List.copyOf(command);
      environment = Map.copyOf(environment);
    }
  }

  /**
   * How it went.
   *
   * @param output the last few thousand characters of both streams
   */
  record Ended(int exitCode, String output) {}
}

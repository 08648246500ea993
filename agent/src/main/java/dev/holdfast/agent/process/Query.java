package dev.holdfast.agent.process;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Asks a program of the host something and reads its answer: for what only that program can tell.
 * Called on a worker; the program changes nothing and is gone when the call returns.
 */
public interface Query {

  /**
   * Runs the command, never through a shell, and hands over its standard output line by line.
   *
   * @param atMost after this it is killed
   * @throws ProcessException if it can't be started, takes too long, or ends with another code than
   *     0
   */
  void lines(List<String> command, Duration atMost, Consumer<String> line);
}

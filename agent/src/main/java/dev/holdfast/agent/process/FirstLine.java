package dev.holdfast.agent.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The first line of a script, as the kernel reads it (execve(2)). */
public final class FirstLine {
  private FirstLine() {}

  /**
   * The interpreter that it names, with its one argument if there is any; empty: the shell's.
   *
   * <p>To start that with the file is what the kernel would do, but for a file that need not be one
   * that can be executed. A child that is just being forked elsewhere in this process may hold a
   * file that was written a moment ago open for writing, and such a file can't be executed.
   */
  public static Optional<List<String>> interpreter(String script) {
    String line = script.split("\n", 2)[0];
    if (!line.startsWith("#!")) {
      return Optional.empty();
    }
    String[] words = line.substring(2).strip().split("[ \t]+", 2);
    if (words[0].isEmpty()) {
      return Optional.empty();
    }
    List<String> command = new ArrayList<>(List.of(words[0]));
    if (words.length > 1) {
      command.add(words[1].strip());
    }
    return Optional.of(command);
  }
}

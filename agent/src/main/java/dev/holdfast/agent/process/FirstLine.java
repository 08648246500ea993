package dev.holdfast.agent.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The first line of a script, as the kernel reads it (execve(2)). */
final class FirstLine {
  private FirstLine() {}

  /** The interpreter that it names, with its one argument if there is any. */
  static Optional<List<String>> interpreter(String script) {
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

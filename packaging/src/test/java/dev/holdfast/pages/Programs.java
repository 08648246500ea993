package dev.holdfast.pages;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The commands of the three programs, as they read them themselves. */
final class Programs {
  private static final Map<String, Supplier<CommandLine>> ALL =
      Map.of(
          "holdfast", dev.holdfast.coordinator.client.Main::program,
          "holdfast-agent", () -> dev.holdfast.agent.Main.commands(System.out, System.err),
          "holdfast-coordinator", dev.holdfast.coordinator.Main::program);

  private Programs() {}

  /** Whether a word names one of them, by its path or without. */
  static boolean known(String word) {
    return ALL.containsKey(name(word));
  }

  private static String name(String word) {
    return word.substring(word.lastIndexOf('/') + 1);
  }

  /** What a program would say against being called so; nothing if it would begin. */
  static List<String> problems(List<String> words) {
    try {
      var _ = line(words).parseArgs(words.subList(1, words.size()).toArray(String[]::new));
      return List.of();
    } catch (ParameterException e) {
      return List.of(String.join(" ", words) + ": " + e.getMessage());
    }
  }

  /** What of it there isn't: only names of commands and options count, as within a sentence. */
  static List<String> unknown(List<String> words) {
    CommandLine line = line(words);
    List<String> problems = new ArrayList<>();
    boolean commands = true;
    for (String word : words.subList(1, words.size())) {
      CommandLine below = commands ? line.getSubcommands().get(word) : null;
      if (below != null) {
        line = below;
      } else if (word.startsWith("-")) {
        commands = false;
        String option = word.replaceFirst("=.*", "");
        if (line.getCommandSpec().findOption(option) == null) {
          problems.add(
              "%s: %s has no option %s"
                  .formatted(
                      String.join(" ", words), line.getCommandSpec().qualifiedName(), option));
        }
      } else if (commands && !line.getSubcommands().isEmpty() && word.matches("[a-z-]+")) {
        problems.add(
            "%s: %s has no command %s"
                .formatted(String.join(" ", words), line.getCommandSpec().qualifiedName(), word));
        commands = false;
      } else {
        commands = false;
      }
    }
    return problems;
  }

  private static CommandLine line(List<String> words) {
    return Objects.requireNonNull(ALL.get(name(words.getFirst()))).get();
  }
}

package dev.holdfast.agent.step;

import dev.holdfast.document.Scripts;
import dev.holdfast.document.Step;
import dev.holdfast.document.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * {@code aws:runDockerAction}: one call of the host's {@code docker} (spec.md section 2.1). What
 * the inputs say reaches it as single arguments, whatever characters they have; only {@code cmd} is
 * split into words, by a shell's rules for quotes and by nothing else of a shell.
 */
final class DockerAction implements Plugin {
  private static final List<String> ACTIONS =
      List.of(
          "Create", "Start", "Run", "Stop", "Rm", "Exec", "Inspect", "Logs", "Ps", "Stats", "Pull",
          "Images", "Rmi");

  @Override
  public Work work(Step step, Value inputs, Map<String, String> environment) {
    Optional<Inputs> read = Inputs.of(inputs);
    if (read.isEmpty()) {
      return new Work.Refused("InvalidInputs: the inputs of aws:runDockerAction are one map");
    }
    Inputs fields = read.get();
    List<String> arguments;
    try {
      arguments = arguments(fields);
    } catch (IllegalArgumentException e) {
      return new Work.Refused("InvalidInputs: " + e.getMessage());
    }
    return new Work.Scripts(
        List.of(
            new Work.Script(
                "exec "
                    + arguments.stream().map(DockerAction::quoted).collect(Collectors.joining(" "))
                    + "\n",
                environment,
                fields.text("workingDirectory"),
                Duration.ofSeconds(
                    Scripts.timeoutSeconds(step.timeoutSeconds(), fields.fields())))));
  }

  /** The command: the program and its arguments. */
  private static List<String> arguments(Inputs inputs) {
    String action = inputs.text("action");
    List<String> all = new ArrayList<>(List.of("docker"));
    switch (action) {
      case "Create", "Run" -> {
        all.addAll(action.equals("Run") ? List.of("run", "--detach") : List.of("create"));
        option(all, "--name", inputs.text("container"));
        option(all, "--memory", inputs.text("memory"));
        option(all, "--cpu-shares", inputs.text("cpuShares"));
        inputs.texts("volume").forEach(volume -> option(all, "--volume", volume));
        option(all, "--env", inputs.text("env"));
        option(all, "--user", inputs.text("user"));
        option(all, "--publish", inputs.text("publish"));
        all.add(needed(inputs, "image", action));
        all.addAll(words(inputs.text("cmd")));
      }
      case "Exec" -> {
        all.add("exec");
        option(all, "--user", inputs.text("user"));
        all.add(needed(inputs, "container", action));
        List<String> words = words(inputs.text("cmd"));
        if (words.isEmpty()) {
          throw new IllegalArgumentException("cmd is missing; the action Exec needs it");
        }
        all.addAll(words);
      }
      case "Inspect" ->
          all.addAll(
              List.of(
                  "inspect",
                  inputs.text("container").isEmpty()
                      ? needed(inputs, "image", action)
                      : needed(inputs, "container", action)));
      case "Start" -> all.addAll(List.of("start", needed(inputs, "container", action)));
      case "Stop" -> all.addAll(List.of("stop", needed(inputs, "container", action)));
      case "Rm" -> all.addAll(List.of("rm", needed(inputs, "container", action)));
      case "Logs" -> all.addAll(List.of("logs", needed(inputs, "container", action)));
      case "Stats" -> {
        all.addAll(List.of("stats", "--no-stream"));
        if (!inputs.text("container").isEmpty()) {
          all.add(needed(inputs, "container", action));
        }
      }
      case "Ps" -> all.addAll(List.of("ps", "--all"));
      case "Images" -> all.add("images");
      case "Pull" -> all.addAll(List.of("pull", needed(inputs, "image", action)));
      case "Rmi" -> all.addAll(List.of("rmi", needed(inputs, "image", action)));
      default ->
          throw new IllegalArgumentException(
              "action is '" + action + "'; allowed are " + String.join(", ", ACTIONS));
    }
    if (all.stream().anyMatch(argument -> argument.indexOf('\0') >= 0)) {
      throw new IllegalArgumentException("an input has the character U+0000");
    }
    return all;
  }

  private static void option(List<String> all, String name, String value) {
    if (!value.isEmpty()) {
      all.add(name + "=" + value);
    }
  }

  /** What is not an option by being given as {@code --name=value} must not look like one. */
  private static String needed(Inputs inputs, String name, String action) {
    String value = inputs.text(name);
    if (value.isEmpty()) {
      throw new IllegalArgumentException(name + " is missing; the action " + action + " needs it");
    }
    if (value.startsWith("-")) {
      throw new IllegalArgumentException(name + " is '" + value + "'; it can't begin with -");
    }
    return value;
  }

  /** The words of a command line: blanks part them, quotes and backslashes keep them together. */
  static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean inWord = false;
    char quote = 0;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      boolean escapes = c == '\\' && quote != '\'' && i + 1 < line.length();
      if (escapes) {
        i++;
        word.append(line.charAt(i));
        inWord = true;
      } else if (quote != 0) {
        if (c == quote) {
          quote = 0;
        } else {
          word.append(c);
        }
      } else if (c == '\'' || c == '"') {
        quote = c;
        inWord = true;
      } else if (Character.isWhitespace(c)) {
        if (inWord) {
          words.add(word.toString());
          word.setLength(0);
          inWord = false;
        }
      } else {
        word.append(c);
        inWord = true;
      }
    }
    if (quote != 0) {
      throw new IllegalArgumentException("cmd has a " + quote + " that is not closed");
    }
    if (inWord) {
      words.add(word.toString());
    }
    return words;
  }

  private static String quoted(String argument) {
    return "'" + argument.replace("'", "'\\''") + "'";
  }
}

package dev.holdfast.agent.step;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a step comes to once its inputs are known. */
public sealed interface Work {

  /** Scripts, run one after another, each in a process of its own. */
  record Scripts(List<Script> scripts) implements Work {
    /** Copies the list. */
    public Scripts {
      scripts = List.copyOf(scripts);
    }
  }

  /**
   * A task that is done inside the agent.
   *
   * @param timeout after which it is given up, and its processes ended
   * @param note what was asked for and is left out, for people; may be empty
   */
  record Inside(Task task, Duration timeout, String note) implements Work {}

  /**
   * Nothing can be done: the step fails.
   *
   * @param reason a word, a colon and what is wrong: {@code PluginNotAvailable: ...}
   */
  record Refused(String reason) implements Work {}

  /**
   * One script.
   *
   * @param text all of it
   * @param interpreter what runs it
   * @param environment all of it
   * @param workingFolder absolute; empty: the one that the host has for scripts
   * @param timeout after which its tree is ended
   * @param runAs the user whose rights it has; empty: the agent's
   */
  record Script(
      String text,
      Interpreter interpreter,
      Map<String, String> environment,
      Optional<Path> workingFolder,
      Duration timeout,
      Optional<String> runAs) {

    /** A shell script with the rights of the agent. */
    public Script(
        String text,
        Map<String, String> environment,
        Optional<Path> workingFolder,
        Duration timeout) {
      this(text, Interpreter.SHELL, environment, workingFolder, timeout, Optional.empty());
    }

    /** Copies the map. */
    public Script {
      environment = Map.copyOf(environment);
    }
  }

  /**
   * What runs scripts.
   *
   * @param command program and arguments that the file is put after; empty: the shell starts the
   *     file, so that its first line can name an interpreter (spec.md section 2.2)
   * @param file the name of the file
   */
  record Interpreter(List<String> command, String file) {
    /** The shell. */
    public static final Interpreter SHELL = new Interpreter(List.of(), "_script.sh");

    /** Copies the list. */
    public Interpreter {
      command = List.copyOf(command);
    }

    /** PowerShell, where it is. */
    public static Interpreter powerShell(Path pwsh) {
      return new Interpreter(
          List.of(pwsh.toString(), "-NoLogo", "-NonInteractive", "-File"), "_script.ps1");
    }
  }
}

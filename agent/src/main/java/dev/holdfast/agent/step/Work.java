package dev.holdfast.agent.step;

import dev.holdfast.document.Value;
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
   * Another document, run to its end within this step.
   *
   * @param values for its parameters
   * @param timeout after which it is ended; empty: its own steps' timeouts are enough
   */
  record Child(ChildSource source, Map<String, Value> values, Optional<Duration> timeout)
      implements Work {
    /** Copies the map. */
    public Child {
      values = Map.copyOf(values);
    }
  }

  /** Where the bytes of another document are. */
  sealed interface ChildSource {
    /** Among those that came with the run, by the name as the step has it. */
    record Stored(String reference) implements ChildSource {}

    /**
     * A file on this host.
     *
     * @param path absolute, or relative to where the run downloads to
     */
    record Local(String path) implements ChildSource {}
  }

  /** Nothing is to be done, and that is a success. */
  record Nothing(String reason) implements Work {}

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
   * @param workingFolder as it is written, absolute or not; the runner knows what a relative or an
   *     empty one is below
   * @param timeout after which its tree is ended
   * @param runAs the user whose rights it has; empty: the agent's
   */
  record Script(
      String text,
      Interpreter interpreter,
      Map<String, String> environment,
      String workingFolder,
      Duration timeout,
      Optional<String> runAs) {

    /** A shell script with the rights of the agent. */
    public Script(
        String text, Map<String, String> environment, String workingFolder, Duration timeout) {
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

package dev.holdfast.agent.command;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code completion}: what a shell needs to complete the program's commands and options. */
@Command(
    name = "completion",
    hidden = true,
    mixinStandardHelpOptions = true,
    description = "Print a script that lets bash and zsh complete commands; for eval or source.")
public final class CompletionCommand implements Callable<Integer> {
  @SuppressWarnings("NullAway.Init") // picocli sets it before a command runs
  @Spec
  private CommandSpec spec;

  /** For the program that it is a command of. */
  public CompletionCommand() {}

  @Override
  public Integer call() {
    CommandLine program = spec.root().commandLine();
    PrintWriter out = spec.commandLine().getOut();
    out.print(AutoComplete.bash(spec.root().name(), program));
    out.flush();
    return 0;
  }
}

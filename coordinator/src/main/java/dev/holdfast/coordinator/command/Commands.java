package dev.holdfast.coordinator.command;

import dev.holdfast.config.HostPort;
import dev.holdfast.config.Key;
import java.io.PrintWriter;
import java.time.Duration;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.TypeConversionException;

/**
 * How commands are read and their errors told: one line that says what is wrong and what to do; 1
 * for a failure, 2 for a wrong command line.
 */
public final class Commands {
  private Commands() {}

  /** Which failures are somebody's to mend, so that their message is enough. */
  public interface Expected {
    /** Whether the message of the failure says all. */
    boolean is(Exception failure);

    /** The exit code of a failure. */
    default int exitCode(Exception failure) {
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  /**
   * A program of several commands.
   *
   * @param version as {@code --version} prints it, after the name
   */
  public static CommandLine program(
      String name, String description, String version, Expected expected, Object... commands) {
    CommandSpec spec = CommandSpec.forAnnotatedObject(new Root());
    spec.name(name);
    spec.usageMessage().description(description);
    CommandLine line = new CommandLine(spec);
    for (Object command : commands) {
      line.addSubcommand(command);
    }
    CommandLine completion = new CommandLine(new AutoComplete.GenerateCompletion());
    completion.getCommandSpec().usageMessage().hidden(true);
    line.addSubcommand("completion", completion);
    version(line, name + " " + version);
    line.setOverwrittenOptionsAllowed(false);
    line.registerConverter(HostPort.class, text -> converted(() -> HostPort.parse(text)));
    line.registerConverter(Duration.class, text -> converted(() -> Key.parseDuration(text)));
    line.setParameterExceptionHandler(
        (wrong, arguments) -> {
          tell(wrong.getCommandLine(), wrong.getMessage() + helpOf(wrong.getCommandLine()));
          return CommandLine.ExitCode.USAGE;
        });
    line.setExecutionExceptionHandler(
        (failure, failed, parsed) -> {
          tell(
              failed,
              expected.is(failure)
                  ? String.valueOf(failure.getMessage())
                  : "unexpected: " + failure);
          return expected.exitCode(failure);
        });
    return line;
  }

  @Command(mixinStandardHelpOptions = true, synopsisSubcommandLabel = "COMMAND")
  private static final class Root {}

  private static void version(CommandLine line, String version) {
    line.getCommandSpec().version(version);
    line.getSubcommands().values().forEach(below -> version(below, version));
  }

  private static String helpOf(CommandLine line) {
    return " (see " + line.getCommandSpec().qualifiedName() + " --help)";
  }

  private static void tell(CommandLine line, String message) {
    PrintWriter err = line.getErr();
    err.println(line.getCommandSpec().root().name() + ": " + Table.printable(message.strip()));
    err.flush();
  }

  private static <T> T converted(java.util.function.Supplier<T> parsing) {
    try {
      return parsing.get();
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(String.valueOf(e.getMessage()));
    }
  }
}

package dev.holdfast.coordinator.client;

import dev.holdfast.coordinator.command.Commands;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.LogManager;
import picocli.CommandLine;

/** {@code holdfast}: the small admin client. */
public final class Main {
  private Main() {}

  /** Runs a command, and exits with its code. */
  public static void main(String[] arguments) {
    // what libraries have to say is told by the commands, in one line
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off");
    LogManager.getLogManager().getLogger("").setLevel(Level.OFF);
    System.exit(program().execute(arguments));
  }

  /** The commands. */
  public static CommandLine program() {
    String version = Main.class.getPackage().getImplementationVersion();
    return Commands.program(
        "holdfast",
        "Asks a Holdfast coordinator.",
        version == null ? "development" : version,
        failure -> failure instanceof ClientException,
        new ExportCommand(),
        new GetCommand(),
        new ImportCommand(),
        new WaitCommand(() -> Duration.ofNanos(System.nanoTime())));
  }
}

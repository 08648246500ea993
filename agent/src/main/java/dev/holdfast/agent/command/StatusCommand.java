package dev.holdfast.agent.command;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code status}: what the agent on this host is about. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Ask the agent that runs on this host what it is about.")
public final class StatusCommand extends AgentCall {
  @Option(names = "--json", description = "print it as one line of JSON")
  private boolean json;

  /**
   * Over what finds the folder of state.
   *
   * @param stateFolder from the option, if it was given
   * @param out where to print
   */
  public StatusCommand(Function<Optional<Path>, Path> stateFolder, PrintStream out) {
    super(stateFolder, out);
  }

  @Override
  String ask(Path folder) throws IOException {
    return ControlSocket.status(folder);
  }

  /** Its first line is JSON, the rest is for people. */
  @Override
  String shown(String answer) {
    int firstLine = answer.indexOf('\n') + 1;
    return json
        ? answer.substring(0, firstLine)
        : firstLine == 0 ? "" : answer.substring(firstLine);
  }
}

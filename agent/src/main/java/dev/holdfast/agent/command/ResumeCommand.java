package dev.holdfast.agent.command;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Command;

/** {@code resume}: ends safe mode. */
@Command(
    name = "resume",
    mixinStandardHelpOptions = true,
    description = {
      "Let the agent on this host run again, which went down again and again and therefore runs"
          + " nothing (safe mode).",
      "What is parked stays parked until it has a new version."
    })
public final class ResumeCommand extends AgentCall {
  /**
   * Over what finds the folder of state.
   *
   * @param stateFolder from the option, if it was given
   * @param out where to print
   */
  public ResumeCommand(Function<Optional<Path>, Path> stateFolder, PrintStream out) {
    super(stateFolder, out);
  }

  @Override
  String ask(Path folder) throws IOException {
    return ControlSocket.resume(folder);
  }

  @Override
  String shown(String answer) {
    return answer.isEmpty() ? "" : answer + System.lineSeparator();
  }
}

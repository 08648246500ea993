package dev.holdfast.agent.command;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Command;

/** {@code metrics}: the agent's metrics, for whoever collects those of the host. */
@Command(
    name = "metrics",
    mixinStandardHelpOptions = true,
    description = "Print the metrics of the agent on this host, in Prometheus' text format.")
public final class MetricsCommand extends AgentCall {
  private static final String WHAT_ALL_BEGIN_WITH = "# HELP ";

  /**
   * Over what finds the folder of state.
   *
   * @param stateFolder from the option, if it was given
   * @param out where to print
   */
  public MetricsCommand(Function<Optional<Path>, Path> stateFolder, PrintStream out) {
    super(stateFolder, out);
  }

  @Override
  String ask(Path folder) throws IOException {
    return ControlSocket.metrics(folder);
  }

  /** An older agent answers in words that are no metrics. */
  @Override
  String shown(String answer) {
    return answer.startsWith(WHAT_ALL_BEGIN_WITH) ? answer : "";
  }
}

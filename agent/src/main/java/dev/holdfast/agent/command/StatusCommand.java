package dev.holdfast.agent.command;

import dev.holdfast.agent.identity.IdentityException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code status}: what the agent on this host is about. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Ask the agent that runs on this host what it is about.")
public final class StatusCommand implements Callable<Integer> {
  private final Function<Optional<Path>, Path> stateFolder;
  private final PrintStream out;

  @Option(names = "--json", description = "print it as one line of JSON")
  private boolean json;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "folder of state (default: /var/lib/holdfast-agent)")
  private @Nullable Path state;

  /**
   * Over what finds the folder of state.
   *
   * @param stateFolder from the option, if it was given
   * @param out where to print
   */
  public StatusCommand(Function<Optional<Path>, Path> stateFolder, PrintStream out) {
    this.stateFolder = stateFolder;
    this.out = out;
  }

  @Override
  public Integer call() {
    Path folder = stateFolder.apply(Optional.ofNullable(state)).toAbsolutePath();
    String answer;
    try {
      answer = ControlSocket.status(folder);
    } catch (IOException e) {
      throw nobody(folder, e);
    }
    int firstLine = answer.indexOf('\n') + 1;
    if (firstLine == 0) {
      throw new IdentityException("the agent gave no answer; look into its log");
    }
    out.print(json ? answer.substring(0, firstLine) : answer.substring(firstLine));
    out.flush();
    return 0;
  }

  /** No agent answers for a folder of state. */
  static IdentityException nobody(Path folder, IOException failure) {
    return new IdentityException(
        "no agent answers for the state folder "
            + folder
            + " ("
            + failure.getMessage()
            + "); start it with: holdfast-agent serve --state "
            + folder,
        failure);
  }
}

package dev.holdfast.agent.command;

import dev.holdfast.agent.identity.IdentityException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A command that asks the agent that runs on this host, and prints its answer. */
abstract class AgentCall implements Callable<Integer> {
  private final Function<Optional<Path>, Path> stateFolder;
  private final PrintStream out;

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
  AgentCall(Function<Optional<Path>, Path> stateFolder, PrintStream out) {
    this.stateFolder = stateFolder;
    this.out = out;
  }

  /**
   * Asks the agent of a folder of state.
   *
   * @throws IOException if none answers
   */
  abstract String ask(Path folder) throws IOException;

  /** What of an answer is printed; empty if it is none. */
  abstract String shown(String answer);

  @Override
  public final Integer call() {
    Path folder = stateFolder.apply(Optional.ofNullable(state)).toAbsolutePath();
    String shown;
    try {
      shown = shown(ask(folder));
    } catch (IOException e) {
      throw new IdentityException(
          "no agent answers for the state folder "
              + folder
              + " ("
              + e.getMessage()
              + "); start it with: holdfast-agent serve --state "
              + folder,
          e);
    }
    if (shown.isEmpty()) {
      throw new IdentityException("the agent gave no answer; look into its log");
    }
    out.print(shown);
    out.flush();
    return 0;
  }
}

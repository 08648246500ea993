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

/** {@code resume}: ends safe mode. */
@Command(
    name = "resume",
    mixinStandardHelpOptions = true,
    description = {
      "Let the agent on this host run again, which went down again and again and therefore runs"
          + " nothing (safe mode).",
      "What is parked stays parked until it has a new version."
    })
public final class ResumeCommand implements Callable<Integer> {
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
  public ResumeCommand(Function<Optional<Path>, Path> stateFolder, PrintStream out) {
    this.stateFolder = stateFolder;
    this.out = out;
  }

  @Override
  public Integer call() {
    Path folder = stateFolder.apply(Optional.ofNullable(state)).toAbsolutePath();
    String answer;
    try {
      answer = ControlSocket.resume(folder);
    } catch (IOException e) {
      throw StatusCommand.nobody(folder, e);
    }
    if (answer.isEmpty()) {
      throw new IdentityException("the agent gave no answer; look into its log");
    }
    out.println(answer);
    out.flush();
    return 0;
  }
}

package dev.holdfast.agent.command;

import dev.holdfast.agent.identity.IdentityException;
import dev.holdfast.compliance.PutRules;
import dev.holdfast.compliance.PutRules.Mistake;
import dev.holdfast.task.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code compliance}: hands what somebody on this host found out to the agent that runs here. */
@Command(
    name = "compliance",
    description = "Hand compliance items of your own to the agent that runs on this host.",
    mixinStandardHelpOptions = true)
public final class ComplianceCommand {
  private final Function<Optional<Path>, Path> stateFolder;
  private final PrintStream out;
  private final PrintStream err;

  /**
   * Over what finds the folder of state.
   *
   * @param stateFolder from the option, if it was given
   * @param out says what was taken
   * @param err says what is wrong, a line a mistake
   */
  public ComplianceCommand(
      Function<Optional<Path>, Path> stateFolder, PrintStream out, PrintStream err) {
    this.stateFolder = stateFolder;
    this.out = out;
    this.err = err;
  }

  @Command(
      name = "put",
      description =
          "Put all items of a type, in place of those that were put before. The agent has them on"
              + " disk when this ends well.",
      mixinStandardHelpOptions = true)
  int put(
      @Option(
              names = "--type",
              paramLabel = "Custom:X",
              required = true,
              description = "Whose items they are: Custom: and a name.")
          String type,
      @Option(
              names = "--state",
              paramLabel = "DIR",
              description = "folder of state (default: /var/lib/holdfast-agent)")
          Optional<Path> state,
      @Parameters(
              paramLabel = "FILE",
              description =
                  "JSON: a list of {\"Id\", \"Title\", \"Severity\", \"Status\", \"Details\"}.")
          Path file) {
    byte[] content;
    try (InputStream in = Files.newInputStream(file)) {
      content = in.readNBytes(Limits.MAX_COMPLIANCE_FILE_BYTES + 1);
    } catch (IOException e) {
      throw new IdentityException("the file " + file + " can't be read: " + e, e);
    }
    List<Mistake> mistakes = new ArrayList<>(PutRules.type("--type", type));
    ComplianceFile.Reading reading = ComplianceFile.read(content);
    mistakes.addAll(reading.mistakes());
    if (!mistakes.isEmpty()) {
      mistakes.forEach(mistake -> err.println("holdfast-agent: " + file + ": " + mistake.text()));
      return 1;
    }
    Path folder = stateFolder.apply(state).toAbsolutePath();
    String answer;
    try {
      answer = ControlSocket.put(folder, type, content).strip();
    } catch (IOException e) {
      throw new IdentityException(
          "no agent answers for the state folder "
              + folder
              + " ("
              + e.getMessage()
              + "), so nothing was put; start it with: holdfast-agent serve --state "
              + folder,
          e);
    }
    if (!answer.equals(ControlSocket.TAKEN)) {
      throw new IdentityException(
          answer.isEmpty()
              ? "the agent gave no answer; put the file again, and look into the agent's log"
              : "the agent refused: " + answer.replace("\n", "; "));
    }
    out.println("put type=" + type + " items=" + reading.items().size());
    out.flush();
    return 0;
  }
}

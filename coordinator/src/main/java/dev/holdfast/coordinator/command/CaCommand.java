package dev.holdfast.coordinator.command;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ca}: the authority that all certificates come from. */
@Command(
    name = "ca",
    description = "Shows the authority that all certificates come from.",
    synopsisSubcommandLabel = "(show)",
    mixinStandardHelpOptions = true)
public final class CaCommand {
  private final Source source;

  @SuppressWarnings("NullAway.Init") // picocli sets it before a command runs
  @Spec
  private CommandSpec spec;

  /** Where the authority's certificate is. */
  public interface Source {
    /** The certificate in PEM, then its pin; line by line. */
    List<String> read(Path data) throws Exception;
  }

  /** With where it is. */
  public CaCommand(Source source) {
    this.source = source;
  }

  @Command(
      name = "show",
      description = "Prints the authority's certificate, then the pin for new agents.",
      mixinStandardHelpOptions = true)
  int show(
      @Option(
              names = "--data",
              paramLabel = "DIR",
              defaultValue = "/var/lib/holdfast-coordinator",
              description = "data folder (default: ${DEFAULT-VALUE})")
          Path data)
      throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    source.read(data).forEach(out::println);
    return 0;
  }
}

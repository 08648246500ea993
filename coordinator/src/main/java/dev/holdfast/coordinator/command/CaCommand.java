package dev.holdfast.coordinator.command;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ca}: the authority that all certificates come from. */
@Command(
    name = "ca",
    description = "Shows the authority that all certificates come from, and changes its key.",
    synopsisSubcommandLabel = "(show | rotate)",
    mixinStandardHelpOptions = true)
public final class CaCommand {
  private final Source source;
  private final TokenCommand.Administration administration;

  @SuppressWarnings("NullAway.Init") // picocli sets it before a command runs
  @Spec
  private CommandSpec spec;

  /** Where the authority's certificate is. */
  public interface Source {
    /** The certificate in PEM, then its pin; line by line. */
    List<String> read(Path data) throws Exception;
  }

  /**
   * With where it is.
   *
   * @param administration changes it
   */
  public CaCommand(Source source, TokenCommand.Administration administration) {
    this.source = source;
    this.administration = administration;
  }

  @Command(
      name = "show",
      description = "Prints the authority's certificate, then the pin for new agents.",
      mixinStandardHelpOptions = true)
  int show(@Mixin DataFlag data) throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    source.read(data.folder()).forEach(out::println);
    return 0;
  }

  @Command(
      name = "rotate",
      description =
          "Makes a new key that signs the certificates of agents from now on. With --retire ends"
              + " that change: the old key counts no more.",
      mixinStandardHelpOptions = true)
  int rotate(
      @Option(names = "--retire", description = "the old key counts no more, and is deleted")
          boolean retire,
      @Option(
              names = "--acknowledge",
              paramLabel = "N",
              defaultValue = "0",
              description = "with --retire: so many instances may still have only the old one")
          int acknowledged,
      @Mixin DataFlag data)
      throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    List<List<String>> lines =
        retire
            ? administration.perform(
                data.folder(),
                "retire-authority",
                Map.of("acknowledged", Integer.toString(Math.max(0, acknowledged))))
            : administration.perform(data.folder(), "rotate-authority", Map.of());
    lines.forEach(line -> out.println(Table.printable(line.getFirst())));
    return 0;
  }
}

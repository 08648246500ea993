package dev.holdfast.coordinator.command;

import dev.holdfast.config.HostPort;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code activation}: what lets new hosts join. */
@Command(
    name = "activation",
    description = "Lets new hosts join: prints the commands by which they do.",
    synopsisSubcommandLabel = "(create | list | delete)",
    mixinStandardHelpOptions = true)
public final class ActivationCommand {
  /** Begins the names of arguments that are tags, as the desk reads them. */
  private static final String TAG = "tag:";

  private static final String CIDR = "cidr:";

  private final TokenCommand.Administration administration;
  private final CaCommand.Source authority;
  private final Reach reach;
  private final String version;

  @SuppressWarnings("NullAway.Init") // picocli sets it before a command runs
  @Spec
  private CommandSpec spec;

  /** Where hosts find the coordinator. */
  public interface Reach {
    /**
     * As configured.
     *
     * @param config the configuration file; empty: the usual one, if it is there
     */
    HostPort at(Optional<Path> config) throws Exception;
  }

  /**
   * With what does it.
   *
   * @param authority where the pin is, in its last line
   * @param version of the packages that hosts install
   */
  public ActivationCommand(
      TokenCommand.Administration administration,
      CaCommand.Source authority,
      Reach reach,
      String version) {
    this.administration = administration;
    this.authority = authority;
    this.reach = reach;
    this.version = version;
  }

  @Command(
      name = "create",
      description = {
        "Makes an activation and prints the commands by which a host joins, this once.",
        "They hold its code, a secret: give them to nobody but the host."
      },
      mixinStandardHelpOptions = true)
  int create(
      @Option(
              names = "--name",
              paramLabel = "N",
              description = "what instances are called that join by it")
          @Nullable String name,
      @Option(names = "--tag", paramLabel = "K=V", description = "a tag that they get; repeatable")
          @Nullable Map<String, String> tags,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "1",
              description = "how many hosts may join by it (default: 1)")
          int limit,
      @Option(
              names = "--ttl",
              paramLabel = "TIME",
              defaultValue = "24h",
              description = "how long it is good: 30m, 8h, 30d at the most (default: 24h)")
          Duration ttl,
      @Option(
              names = "--source",
              paramLabel = "CIDR",
              description = "a network that they may come from; repeatable (default: any)")
          @Nullable List<String> sources,
      @Option(
              names = "--require-approval",
              description = "they do nothing before somebody has approved them")
          boolean approval,
      @Option(
              names = "--address",
              paramLabel = "H:P",
              description =
                  "where they find the coordinator (default: the first name that the configuration"
                      + " advertises, else this host's, and the port for agents)")
          @Nullable HostPort address,
      @Option(
              names = "--replace",
              description =
                  "the host leaves the coordinator that it is with; needs allow_reenroll: true in"
                      + " its configuration file")
          boolean replace,
      @Option(
              names = "--format",
              paramLabel = "F",
              defaultValue = "shell",
              description = "shell, cloud-init or ansible (default: shell)")
          String format,
      @Option(names = "--json", description = "one line of JSON instead of commands") boolean json,
      @Option(
              names = "--config",
              paramLabel = "FILE",
              description =
                  "the coordinator's configuration file (default: /etc/holdfast/coordinator.yaml,"
                      + " if it is there)")
          @Nullable Path config,
      @Mixin DataFlag data)
      throws Exception {
    Invitation.Form form = json ? Invitation.Form.JSON : form(format);
    Map<String, String> arguments = new HashMap<>();
    arguments.put("limit", Integer.toString(limit));
    arguments.put("seconds", Long.toString(ttl.toSeconds()));
    arguments.put("approval", Boolean.toString(approval));
    if (name != null) {
      arguments.put("name", name);
    }
    if (tags != null) {
      tags.forEach((key, value) -> arguments.put(TAG + key, value == null ? "" : value));
    }
    if (sources != null) {
      sources.forEach(source -> arguments.put(CIDR + source, ""));
    }
    // what can fail comes before there is a code that somebody would have to delete
    HostPort where = address != null ? address : reach.at(Optional.ofNullable(config));
    String pin = authority.read(data.folder()).getLast().replaceFirst("^pin ", "");
    List<String> made =
        administration.perform(data.folder(), "create-activation", arguments).getFirst();
    out()
        .print(
            new Invitation(where, pin, made.get(0), made.get(1), made.get(2), version, replace)
                .in(form));
    out().flush();
    return 0;
  }

  @Command(
      name = "list",
      description = "Lists the activations; codes are not kept anywhere.",
      mixinStandardHelpOptions = true)
  int list(@Mixin DataFlag data) throws Exception {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("ID", "NAME", "TAGS", "USED", "EXPIRES", "STATE"));
    rows.addAll(administration.perform(data.folder(), "list-activations", Map.of()));
    Table.lines(rows).forEach(out()::println);
    return 0;
  }

  @Command(
      name = "delete",
      description = "Deletes an activation: nobody joins by it any more.",
      mixinStandardHelpOptions = true)
  int delete(
      @Parameters(paramLabel = "ID", description = "of the activation") String id,
      @Mixin DataFlag data)
      throws Exception {
    administration.perform(data.folder(), "delete-activation", Map.of("id", id));
    return 0;
  }

  private Invitation.Form form(String text) {
    return switch (text) {
      case "shell" -> Invitation.Form.SHELL;
      case "cloud-init" -> Invitation.Form.CLOUD_INIT;
      case "ansible" -> Invitation.Form.ANSIBLE;
      default ->
          throw new ParameterException(
              spec.commandLine(), "--format is '" + text + "'; give shell, cloud-init or ansible");
    };
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}

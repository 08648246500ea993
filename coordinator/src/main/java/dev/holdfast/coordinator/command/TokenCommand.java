package dev.holdfast.coordinator.command;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code token}: the tokens with which people and scripts call. */
@Command(
    name = "token",
    description = "Makes, lists and revokes the tokens with which people and scripts call.",
    synopsisSubcommandLabel = "(create | list | revoke)",
    mixinStandardHelpOptions = true)
public final class TokenCommand {
  private final Administration administration;

  @SuppressWarnings("NullAway.Init") // picocli sets it before a command runs
  @Spec
  private CommandSpec spec;

  /** Does what is asked for on this machine. */
  public interface Administration {
    /**
     * By the coordinator that runs on the folder, else in its store.
     *
     * @return rows of columns
     */
    List<List<String>> perform(Path data, String action, Map<String, String> arguments)
        throws Exception;
  }

  /** With what does it. */
  public TokenCommand(Administration administration) {
    this.administration = administration;
  }

  @Command(
      name = "create",
      description = "Makes a token and prints it, this once.",
      mixinStandardHelpOptions = true)
  int create(
      @Option(
              names = "--role",
              required = true,
              paramLabel = "ROLE",
              description = "viewer, operator, author, assigner, security, auditor or admin")
          String role,
      @Option(names = "--name", required = true, paramLabel = "NAME", description = "whose it is")
          String name,
      @Option(
              names = "--ttl",
              paramLabel = "TIME",
              defaultValue = "8h",
              description = "how long it is good: 30m, 8h, 90d at the most (default: 8h)")
          Duration ttl,
      @Mixin DataFlag data)
      throws Exception {
    Map<String, String> arguments =
        Map.of("role", role, "name", name, "seconds", Long.toString(ttl.toSeconds()));
    out()
        .println(
            administration.perform(data.folder(), "create-token", arguments).getFirst().getFirst());
    return 0;
  }

  @Command(name = "list", description = "Lists the tokens.", mixinStandardHelpOptions = true)
  int list(@Mixin DataFlag data) throws Exception {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("NAME", "ROLE", "CREATED", "EXPIRES", "STATE"));
    rows.addAll(administration.perform(data.folder(), "list-tokens", Map.of()));
    Table.lines(rows).forEach(out()::println);
    return 0;
  }

  @Command(
      name = "revoke",
      description = "Revokes a token: from now on it opens nothing.",
      mixinStandardHelpOptions = true)
  int revoke(
      @Parameters(paramLabel = "NAME", description = "of the token") String name,
      @Mixin DataFlag data)
      throws Exception {
    administration.perform(data.folder(), "revoke-token", Map.of("name", name));
    return 0;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}

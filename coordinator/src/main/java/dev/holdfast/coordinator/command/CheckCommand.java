package dev.holdfast.coordinator.command;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code check}: whether the coordinator's data is as it has to be. One line a check: its name,
 * {@code ok} or {@code failed}, and what was found.
 */
@Command(
    name = "check",
    description =
        "Checks the coordinator's data: one line a check; exit code 1 if one of them fails.",
    mixinStandardHelpOptions = true)
public final class CheckCommand implements Callable<Integer> {
  /** How a check that found nothing wrong is marked. */
  public static final String OK = "ok";

  private final TokenCommand.Administration administration;

  @SuppressWarnings("NullAway.Init") // picocli sets it before a command runs
  @Spec
  private CommandSpec spec;

  @Mixin private DataFlag data = new DataFlag();

  /** With what makes the checks. */
  public CheckCommand(TokenCommand.Administration administration) {
    this.administration = administration;
  }

  @Override
  public Integer call() throws Exception {
    List<List<String>> rows = administration.perform(data.folder(), "check", Map.of());
    PrintWriter out = spec.commandLine().getOut();
    Table.lines(rows).forEach(out::println);
    return !rows.isEmpty() && rows.stream().allMatch(row -> row.get(1).equals(OK)) ? 0 : 1;
  }
}

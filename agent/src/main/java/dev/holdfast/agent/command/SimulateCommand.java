package dev.holdfast.agent.command;

import dev.holdfast.agent.identity.Enrolment.Anchor;
import dev.holdfast.config.HostPort;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code simulate}: many agents in this process, on hosts that are not there. */
@Command(
    name = "simulate",
    mixinStandardHelpOptions = true,
    description = {
      "Load a coordinator with many agents in this process. Each enrols and links as a real one"
          + " does; its host is not there: nothing is run and nothing is kept.",
      "Prints one line when all are linked, and one with figures at its end. Ends with SIGTERM.",
      "The coordinator must allow it: an activation for so many instances, and in its configuration"
          + " limits.agent_connections_per_address and limits.enrolments_per_second_per_address."
    })
public final class SimulateCommand implements Callable<Integer> {
  /** More than one machine has descriptors for. */
  private static final int MAX_AGENTS = 20_000;

  private static final int MAX_RUN_MILLIS = 3_600_000;

  private final Simulation simulation;
  private final InputStream in;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--agents",
      paramLabel = "N",
      required = true,
      description = "how many: 1 to " + MAX_AGENTS)
  private int agents;

  @Option(
      names = "--run-millis",
      paramLabel = "MS",
      description = "how long each script seems to take: 0 to " + MAX_RUN_MILLIS + ", default 5")
  private int runMillis = 5;

  @Option(
      names = "--fail-every",
      paramLabel = "N",
      description = "on every Nth agent each script seems to fail; default 0: on none")
  private int failEvery;

  @Option(
      names = "--first",
      paramLabel = "N",
      description =
          "the number in the name of the first host, for several such processes; default 1")
  private int first = 1;

  @Option(
      names = "--runs-file",
      paramLabel = "FILE",
      description = {
        "write there which scripts were started, and how runs ended, a line each:",
        "'started RUN ATTEMPT', 'ended RUN ATTEMPT STATUS'; complete when the program has ended"
      })
  private Optional<Path> runsFile = Optional.empty();

  @Mixin private JoinOptions join = new JoinOptions();

  /** What the command starts. */
  public interface Simulation {
    /** Simulates until the program is told to end; the exit code. */
    int simulate(Request request) throws Exception;
  }

  /**
   * The options.
   *
   * @param activationCode a secret
   * @param runs how long each script seems to take
   * @param failEvery on every Nth agent each script seems to fail; 0: on none
   * @param first the number of the first host
   * @param runsFile where starts and ends are written
   */
  public record Request(
      int agents,
      HostPort coordinator,
      Anchor anchor,
      String activationId,
      String activationCode,
      Duration runs,
      int failEvery,
      int first,
      Optional<Path> runsFile) {

    /** Without the code. */
    @Override
    public String toString() {
      return "Request[" + agents + " " + coordinator + " " + activationId + "]";
    }
  }

  /**
   * Over what simulates.
   *
   * @param in where the code is read from if its file is {@code -}
   */
  public SimulateCommand(Simulation simulation, InputStream in) {
    this.simulation = simulation;
    this.in = in;
  }

  @Override
  public Integer call() throws Exception {
    if (agents < 1 || agents > MAX_AGENTS) {
      throw new ParameterException(
          spec.commandLine(), "--agents must be 1 to " + MAX_AGENTS + ", not " + agents);
    }
    if (runMillis < 0 || runMillis > MAX_RUN_MILLIS) {
      throw new ParameterException(
          spec.commandLine(), "--run-millis must be 0 to " + MAX_RUN_MILLIS + ", not " + runMillis);
    }
    if (failEvery < 0) {
      throw new ParameterException(
          spec.commandLine(), "--fail-every must be 0 or more, not " + failEvery);
    }
    if (first < 1) {
      throw new ParameterException(spec.commandLine(), "--first must be 1 or more, not " + first);
    }
    return simulation.simulate(
        new Request(
            agents,
            join.address(),
            join.anchor(in),
            join.activationId(),
            join.code(in),
            Duration.ofMillis(runMillis),
            failEvery,
            first,
            runsFile));
  }
}

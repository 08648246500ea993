package dev.holdfast.agent;

import dev.holdfast.agent.command.ComplianceCommand;
import dev.holdfast.agent.command.DocumentCommand;
import dev.holdfast.agent.command.EnrollCommand;
import dev.holdfast.agent.command.InventoryCommand;
import dev.holdfast.agent.command.MetricsCommand;
import dev.holdfast.agent.command.ResumeCommand;
import dev.holdfast.agent.command.ScheduleCommand;
import dev.holdfast.agent.command.ServeCommand;
import dev.holdfast.agent.command.SimulateCommand;
import dev.holdfast.agent.command.StatusCommand;
import dev.holdfast.agent.disk.DiskException;
import dev.holdfast.agent.disk.DiskFullException;
import dev.holdfast.agent.identity.IdentityException;
import dev.holdfast.agent.inventory.Gatherer;
import dev.holdfast.config.ConfigException;
import dev.holdfast.task.Failpoints;
import dev.holdfast.task.LogLines;
import dev.holdfast.task.Tempo;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;

/** The program {@code holdfast-agent}. */
@Command(
    name = "holdfast-agent",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = "Keeps this host in the state that its coordinator defines.")
public final class Main implements Runnable {
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  private final CommandLine line;

  private Main() {
    line = new CommandLine(this);
  }

  /** Runs a command; exit code 0, 1 for a failure, 2 for wrong usage, 74 for a failed disk. */
  public static void main(String[] arguments) {
    System.exit(run(arguments, Failpoints.NONE));
  }

  /** The same with failpoints; the exit code. */
  public static int run(String[] arguments, Failpoints failpoints) {
    return run(arguments, new Armed(failpoints, Optional.empty()));
  }

  /** The same with all that a test of faults may put in place of what is found; the exit code. */
  public static int run(String[] arguments, Armed armed) {
    System.setErr(new LogLines(System.err));
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    int code = commands(out, System.err, armed).execute(arguments);
    System.err.flush();
    return code;
  }

  /** All commands. */
  public static CommandLine commands(PrintStream out, PrintStream err) {
    return commands(out, err, Armed.NOTHING);
  }

  private static CommandLine commands(PrintStream out, PrintStream err, Armed armed) {
    CommandLine line = new Main().line;
    line.addSubcommand(
        new EnrollCommand(
            request ->
                AgentEnrolment.join(request, version(), new SecureRandom(), Clock.systemUTC()),
            System.in,
            out));
    line.addSubcommand(new ServeCommand((config, state) -> serve(config, state, out, armed)));
    line.addSubcommand(new StatusCommand(Main::stateFolder, out));
    line.addSubcommand(new MetricsCommand(Main::stateFolder, out));
    line.addSubcommand(new ResumeCommand(Main::stateFolder, out));
    Gatherer gatherer = new GathererHere(Clock.systemUTC(), version());
    line.addSubcommand(new DocumentCommand(out, err, gatherer));
    line.addSubcommand(new ScheduleCommand(Clock.systemUTC(), System.in));
    line.addSubcommand(new InventoryCommand(gatherer));
    line.addSubcommand(new ComplianceCommand(Main::stateFolder, out, err));
    line.addSubcommand(
        new SimulateCommand(request -> simulate(request, out, err, armed), System.in));
    CommandLine completion = new CommandLine(new AutoComplete.GenerateCompletion());
    completion.getCommandSpec().usageMessage().hidden(true);
    line.addSubcommand("completion", completion);
    line.setExecutionExceptionHandler((problem, _, _) -> told(problem, err));
    line.setParameterExceptionHandler((problem, _) -> usage(problem, err));
    return line;
  }

  /** Without a command it is a usage error. */
  @Override
  public void run() {
    throw new ParameterException(line, "a command is missing");
  }

  private static int serve(
      Optional<Path> config, Optional<Path> state, PrintStream out, Armed armed)
      throws ConfigException, InterruptedException {
    AgentProgram program =
        new AgentProgram(
            AgentConfig.read(config, state),
            version(),
            Clock.systemUTC(),
            out,
            code -> Runtime.getRuntime().halt(code),
            armed);
    program.serviceOf(System.getenv(), ProcessHandle.current().pid());
    endWithZero(program::close);
    program.start(AgentProgram.OFFLINE_AFTER);
    new CountDownLatch(1).await();
    return 0;
  }

  private static int simulate(
      SimulateCommand.Request request, PrintStream out, PrintStream err, Armed armed)
      throws InterruptedException {
    SimulationProgram program =
        new SimulationProgram(
            request,
            version(),
            Clock.systemUTC(),
            armed.tempo().orElseGet(() -> Tempo.of(Clock.systemUTC())),
            new SecureRandom(),
            new SimulationProgram.Told(out, err),
            code -> Runtime.getRuntime().halt(code));
    Thread end = endWithZero(program::close);
    try {
      program.join();
    } catch (IdentityException e) {
      Runtime.getRuntime().removeShutdownHook(end);
      program.close();
      throw e;
    }
    new CountDownLatch(1).await();
    return 0;
  }

  /** The JVM would end with the signal's number; who stops a service in order gets 0. */
  private static Thread endWithZero(Runnable close) {
    Thread end =
        new Thread(
            () -> {
              close.run();
              Runtime.getRuntime().halt(0);
            },
            "end");
    Runtime.getRuntime().addShutdownHook(end);
    return end;
  }

  private static Path stateFolder(Optional<Path> given) {
    try {
      return given.isPresent() ? given.get() : AgentConfig.read(Optional.empty(), given).state();
    } catch (ConfigException e) {
      throw new IdentityException(String.valueOf(e.getMessage()), e);
    }
  }

  private static int told(Exception problem, PrintStream err) {
    boolean expected =
        problem instanceof IdentityException
            || problem instanceof ConfigException
            || diskFailed(problem);
    err.println("holdfast-agent: " + (expected ? problem.getMessage() : "unexpected: " + problem));
    return diskFailed(problem) ? AgentProgram.DISK_FAILED : FAILED;
  }

  private static boolean diskFailed(Exception problem) {
    return problem instanceof DiskException || problem instanceof DiskFullException;
  }

  private static int usage(ParameterException problem, PrintStream err) {
    String command = problem.getCommandLine().getCommandSpec().qualifiedName();
    err.println("holdfast-agent: " + problem.getMessage() + "; see " + command + " --help");
    return USAGE;
  }

  private static String version() {
    return Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
        .orElse("development");
  }

  /** Tells the version that the program was built with. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"holdfast-agent " + version()};
    }
  }
}

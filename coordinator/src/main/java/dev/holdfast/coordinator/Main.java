package dev.holdfast.coordinator;

import dev.holdfast.coordinator.command.ActivationCommand;
import dev.holdfast.coordinator.command.BackupCommand;
import dev.holdfast.coordinator.command.CaCommand;
import dev.holdfast.coordinator.command.CheckCommand;
import dev.holdfast.coordinator.command.Commands;
import dev.holdfast.coordinator.command.RestoreCommand;
import dev.holdfast.coordinator.command.ServeCommand;
import dev.holdfast.coordinator.command.ServeFlags;
import dev.holdfast.coordinator.command.TokenCommand;
import dev.holdfast.coordinator.server.StartException;
import dev.holdfast.coordinator.store.StoreException;
import dev.holdfast.service.ServiceVoice;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;

/** {@code holdfast-coordinator}. */
public final class Main {
  /** A stop that takes longer than this is cut short. */
  private static final Duration STOP = Duration.ofSeconds(9);

  private Main() {}

  /** What is somebody's to mend; a disk that failed ends any command as it ends the coordinator. */
  private static final class ToMend implements Commands.Expected {
    @Override
    public boolean is(Exception failure) {
      return failure instanceof StartException || failure instanceof StoreException;
    }

    @Override
    public int exitCode(Exception failure) {
      return failure instanceof StoreException store && store.diskFailed()
          ? CoordinatorProgram.DISK_FAILED
          : CommandLine.ExitCode.SOFTWARE;
    }
  }

  /** Runs a command, and exits with its code. */
  public static void main(String[] arguments) {
    System.exit(run(arguments, Armed.nothing()));
  }

  /** The same with what a test or a measurement puts in place of what there is; the exit code. */
  public static int run(String[] arguments, Armed armed) {
    return program(armed).execute(arguments);
  }

  /** The commands. */
  public static CommandLine program() {
    return program(Armed.nothing());
  }

  private static CommandLine program(Armed armed) {
    return Commands.program(
        "holdfast-coordinator",
        "Keeps a fleet of machines in the state that its owners define.",
        version(),
        new ToMend(),
        new ServeCommand(flags -> serve(flags, armed)),
        new TokenCommand(Main::administer),
        new ActivationCommand(
            Main::administer,
            LocalAdministration::authority,
            LocalAdministration::reachedAt,
            version()),
        new CheckCommand(Main::administer),
        new CaCommand(LocalAdministration::authority, Main::administer),
        new BackupCommand(
            (data, file) -> {
              Logging.begin(CoordinatorConfig.LogLevel.ERROR);
              return Backups.make(data, file);
            }),
        new RestoreCommand(
            (data, file, replace, epoch) -> {
              Logging.begin(CoordinatorConfig.LogLevel.ERROR);
              return new Restoration(
                      data,
                      Instant.now(),
                      LocalAdministration.uid(),
                      new SecureRandom(),
                      UUID::randomUUID)
                  .restore(file, replace, epoch);
            }));
  }

  /** The version of this program. */
  static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  private static List<List<String>> administer(
      Path data, String action, Map<String, String> arguments) throws StartException, IOException {
    Logging.begin(CoordinatorConfig.LogLevel.ERROR);
    return LocalAdministration.perform(data, action, arguments);
  }

  private static int serve(ServeFlags flags, Armed armed) throws StartException {
    PrintStream out = System.out;
    CoordinatorConfig config = CoordinatorConfig.of(flags);
    Logging.begin(config.logLevel());
    System.setProperty("jdk.httpserver.maxConnections", "100");
    System.setProperty("sun.net.httpserver.maxReqTime", "10");
    System.setProperty("sun.net.httpserver.maxRspTime", "10");
    CoordinatorProgram program =
        CoordinatorProgram.start(config, version(), armed, Runtime.getRuntime()::halt);
    Optional<ServiceVoice> voice = voice(program);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(program, voice), "stop"));
    out.println(program.ready());
    out.flush();
    voice.ifPresent(ServiceVoice::ready);
    System.gc(); // gives back what only the start took
    awaitSignal();
    return 0;
  }

  /** On a thread of its own: it tells also when another one stands still. */
  private static Optional<ServiceVoice> voice(CoordinatorProgram program) {
    return ServiceVoice.of(
        System.getenv(),
        ProcessHandle.current().pid(),
        () -> Loops.thread("service", Armed.nothing().tempo()),
        program.loops(),
        program.loops()::line);
  }

  /** A signal starts the hook, which ends the program; nothing else does. */
  private static void awaitSignal() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void stop(CoordinatorProgram program, Optional<ServiceVoice> voice) {
    voice.ifPresent(ServiceVoice::stopping);
    Thread closing = Thread.ofPlatform().name("close").daemon().start(program::close);
    try {
      closing.join(STOP);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    System.err.flush();
    // not exit(): it would wait for this hook; and a signal's own code is not 0
    Runtime.getRuntime().halt(0);
  }
}

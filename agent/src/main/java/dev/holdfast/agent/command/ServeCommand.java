package dev.holdfast.agent.command;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code serve}: the service. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = {
      "Keep this host as its coordinator wants it, with or without a link.",
      "Prints one line when it is ready. Ends with 74 if its disk fails."
    })
public final class ServeCommand implements Callable<Integer> {
  private final Service service;

  @Option(
      names = "--config",
      paramLabel = "F",
      description = "configuration file (default: /etc/holdfast/agent.yaml, if it is there)")
  private @Nullable Path config;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "folder of state (default: /var/lib/holdfast-agent)")
  private @Nullable Path state;

  /** What the command starts. */
  public interface Service {
    /**
     * Serves until the program is told to end.
     *
     * @param config empty: the default, if it is there
     * @param state empty: as configured
     * @return the exit code
     */
    int serve(Optional<Path> config, Optional<Path> state) throws Exception;
  }

  /** Over the service. */
  public ServeCommand(Service service) {
    this.service = service;
  }

  @Override
  public Integer call() throws Exception {
    return service.serve(Optional.ofNullable(config), Optional.ofNullable(state));
  }
}

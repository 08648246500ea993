package dev.holdfast.coordinator.command;

import dev.holdfast.config.HostPort;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code serve}: runs the coordinator until it is told to stop. */
@Command(
    name = "serve",
    description = "Runs the coordinator. Prints one line when it accepts calls.",
    mixinStandardHelpOptions = true)
public final class ServeCommand implements Callable<Integer> {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "configuration file (default: /etc/holdfast/coordinator.yaml, if it is there)")
  private @Nullable Path config;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "data folder (default: /var/lib/holdfast-coordinator)")
  private @Nullable Path data;

  @Option(
      names = "--agent-listen",
      paramLabel = "HOST:PORT",
      description = "where agents connect (default: 0.0.0.0:7440)")
  private @Nullable HostPort agentListen;

  @Option(
      names = "--admin-listen",
      paramLabel = "HOST:PORT",
      description = "where people and scripts connect (default: 127.0.0.1:7441)")
  private @Nullable HostPort adminListen;

  @Option(
      names = "--metrics-listen",
      paramLabel = "HOST:PORT",
      description = "plain HTTP: /metrics, /healthz, /readyz (default: 127.0.0.1:7442)")
  private @Nullable HostPort metricsListen;

  @Option(
      names = "--advertise",
      paramLabel = "HOST",
      split = ",",
      description =
          "names and addresses in the certificate, beside localhost and the name of this host")
  private @Nullable List<String> advertise;

  @Option(
      names = "--trust-domain",
      paramLabel = "NAME",
      description = "the domain of all certificates; first start only (default: holdfast.local)")
  private @Nullable String trustDomain;

  private final Server server;

  /** Runs the coordinator. */
  public interface Server {
    /** Until it is told to stop; the exit code. */
    int serve(ServeFlags flags) throws Exception;
  }

  /** With what runs the coordinator. */
  public ServeCommand(Server server) {
    this.server = server;
  }

  @Override
  public Integer call() throws Exception {
    return server.serve(
        new ServeFlags(
            Optional.ofNullable(config),
            Optional.ofNullable(data),
            Optional.ofNullable(agentListen),
            Optional.ofNullable(adminListen),
            Optional.ofNullable(metricsListen),
            advertise == null ? List.of() : advertise,
            Optional.ofNullable(trustDomain)));
  }
}

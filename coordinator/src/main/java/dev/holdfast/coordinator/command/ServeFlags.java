package dev.holdfast.coordinator.command;

import dev.holdfast.config.HostPort;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What the command line of {@code serve} says; what it doesn't say is in the file. */
public record ServeFlags(
    Optional<Path> config,
    Optional<Path> data,
    Optional<HostPort> agentListen,
    Optional<HostPort> adminListen,
    Optional<HostPort> metricsListen,
    List<String> advertise,
    Optional<String> trustDomain) {

  /** The data folder where none is named. */
  public static final Path DEFAULT_DATA = Path.of("/var/lib/holdfast-coordinator");

  /** Copies. */
  public ServeFlags {
    advertise = List.copyOf(advertise);
  }
}

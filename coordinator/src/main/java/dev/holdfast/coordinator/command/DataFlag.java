package dev.holdfast.coordinator.command;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which data folder a command is about: the flag that they share. */
final class DataFlag {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "/var/lib/holdfast-coordinator",
      description = "data folder (default: ${DEFAULT-VALUE})")
  private Path folder = ServeFlags.DEFAULT_DATA;

  Path folder() {
    return folder;
  }
}

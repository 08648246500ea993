package dev.holdfast.agent;

import dev.holdfast.agent.inventory.Gatherer;
import dev.holdfast.agent.inventory.Gathering;
import dev.holdfast.agent.inventory.HostGatherer;
import dev.holdfast.agent.process.OsQuery;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/**
 * Gathers for commands that need no folder of state: what must be unpacked for it lies in a
 * throw-away folder that nobody else can enter.
 */
final class GathererHere implements Gatherer {
  /** Of an agent that keeps its state where packages do. */
  private static final Path CUSTOM = Path.of("/var/lib/holdfast-agent/inventory/custom");

  private final InstantSource clock;
  private final String version;

  GathererHere(InstantSource clock, String version) {
    this.clock = clock;
    this.version = version;
  }

  @Override
  public Found gather(Gathering wanted) {
    try {
      Path folder =
          Files.createTempDirectory(
              "holdfast-",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      try {
        return over(folder).gather(wanted);
      } finally {
        remove(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("no folder for what gathering unpacks", e);
    }
  }

  @Override
  public Set<String> types() {
    return over(Path.of("/")).types();
  }

  private HostGatherer over(Path folder) {
    return new HostGatherer(
        Path.of("/"), folder, CUSTOM, new OsQuery(), clock, version, Optional.empty());
  }

  private static void remove(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}

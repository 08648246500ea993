package dev.holdfast.faults;

import dev.holdfast.system.Launched;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A wall clock that is set while a program runs; the monotonic one goes on as it does. By
 * libfaketime, which asks a file each time.
 */
final class FalseTime {
  private final Path library;
  private final Path file;

  private FalseTime(Path library, Path file) {
    this.library = library;
    this.file = file;
  }

  /** One that is right until it is set; ends the case where there is no libfaketime. */
  static FalseTime of(Trial trial) throws IOException {
    Optional<Path> library = library();
    trial.needs(library.isPresent(), "there is no libfaketime here (package faketime)");
    FalseTime time =
        new FalseTime(
            library.orElseThrow(), Files.createTempDirectory(trial.folder(), "time").resolve("is"));
    time.set(Duration.ZERO);
    return time;
  }

  /** Whether there can be one. */
  static boolean possible() throws IOException {
    return library().isPresent();
  }

  private static Optional<Path> library() throws IOException {
    try (Stream<Path> found =
        Files.find(
            Path.of("/usr/lib"),
            3,
            (path, _) -> path.endsWith(Path.of("faketime", "libfaketimeMT.so.1")))) {
      return found.findFirst();
    }
  }

  /** What it is set by: {@code +} or {@code -} and seconds. */
  Path file() {
    return file;
  }

  /** What a program is started in to see this clock. */
  Launched.Around within() {
    return within(Launched.Around.NOTHING);
  }

  /** The same, in something else too. */
  Launched.Around within(Launched.Around around) {
    Map<String, String> variables = new java.util.HashMap<>(around.environment());
    variables.put("LD_PRELOAD", library.toString());
    variables.put("FAKETIME_TIMESTAMP_FILE", file.toString());
    variables.put("FAKETIME_NO_CACHE", "1");
    variables.put("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    variables.put("DONT_FAKE_MONOTONIC", "1");
    return new Launched.Around(List.copyOf(around.before()), variables);
  }

  /** From now on it is so far from what is right. */
  void set(Duration off) throws IOException {
    Path next = file.resolveSibling("next");
    Files.writeString(next, (off.isNegative() ? "" : "+") + off.toMillis() / 1000.0 + "\n");
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** It is that time now. */
  void set(Instant moment) throws IOException {
    set(Duration.between(Instant.now(), moment));
  }
}

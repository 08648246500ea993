package dev.holdfast.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program to its end. */
final class Shell {
  private Shell() {}

  /** What it came to; both streams together. */
  record Ran(int exitCode, String said) {}

  /** Runs it. */
  static Ran run(Path folder, Duration atMost, List<String> words)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(words)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .start();
    Thread end =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try {
                    if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                      process.destroyForcibly();
                    }
                  } catch (InterruptedException e) {
                    process.destroyForcibly();
                  }
                });
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    end.join();
    return new Ran(process.waitFor(), said);
  }

  /** Runs it; it must go well. */
  static String require(Path folder, List<String> words) throws IOException, InterruptedException {
    Ran ran = run(folder, Duration.ofMinutes(1), words);
    if (ran.exitCode() != 0) {
      throw new IOException(words + " ended with " + ran.exitCode() + ": " + ran.said());
    }
    return ran.said();
  }

  /** Whether it goes well. */
  static boolean works(Path folder, List<String> words) throws InterruptedException {
    try {
      return run(folder, Duration.ofSeconds(20), words).exitCode() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** The ids of the processes whose command line begins so; needs {@code pgrep}. */
  static List<Long> named(Path folder, String beginning) throws IOException, InterruptedException {
    return run(folder, Duration.ofSeconds(10), List.of("pgrep", "-f", "^" + beginning))
        .said()
        .lines()
        .map(Long::parseLong)
        .toList();
  }

  /** Ends these processes, if they are still there. */
  static void end(List<Long> processes) {
    processes.forEach(id -> ProcessHandle.of(id).ifPresent(ProcessHandle::destroyForcibly));
  }
}

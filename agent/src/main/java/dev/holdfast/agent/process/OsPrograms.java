package dev.holdfast.agent.process;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Programs by real processes. */
public final class OsPrograms implements Programs {
  private static final int KEPT_CHARS = 4_000;
  private static final Duration LOOK_EVERY = Duration.ofMillis(500);

  /** How long the end of the output is waited for: a child that was left may hold it open. */
  private static final Duration LAST_OUTPUT = Duration.ofSeconds(1);

  private final Supplier<Duration> uptime;

  /** With a clock that never goes back. */
  public OsPrograms(Supplier<Duration> uptime) {
    this.uptime = uptime;
  }

  @Override
  public Ended run(Program program) throws InterruptedException {
    String name = program.command().getFirst();
    Process process = start(program, name);
    Tail tail = new Tail();
    Thread reader = Thread.ofPlatform().daemon().start(() -> tail.drain(process.getInputStream()));
    try {
      Duration begun = uptime.get();
      while (!process.waitFor(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
        if (uptime.get().minus(begun).compareTo(program.atMost()) > 0) {
          throw new ProcessException(
              name + " took longer than " + program.atMost(), new IOException("too slow"));
        }
        program.look().run();
      }
      reader.join(LAST_OUTPUT);
      return new Ended(process.exitValue(), tail.text());
    } finally {
      if (process.isAlive()) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        var _ = process.waitFor(LAST_OUTPUT.toMillis(), TimeUnit.MILLISECONDS);
      }
    }
  }

  private static Process start(Program program, String name) {
    ProcessBuilder builder =
        new ProcessBuilder(program.command())
            .directory(program.workingFolder().toFile())
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(program.environment());
    builder.environment().put(Mark.TREE, Mark.of(program.folder()).text());
    try {
      return builder.start();
    } catch (IOException e) {
      throw new ProcessException("cannot start " + name + ": " + e.getMessage(), e);
    }
  }

  /** The end of a stream, read to its end so that the program never waits for a reader. */
  private static final class Tail {
    private final StringBuilder text = new StringBuilder();

    void drain(InputStream stream) {
      byte[] buffer = new byte[8_192];
      try (stream) {
        for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
          synchronized (text) {
            text.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
            text.delete(0, Math.max(0, text.length() - KEPT_CHARS));
          }
        }
      } catch (IOException e) {
        // The program is gone; what it said until then stays.
      }
    }

    String text() {
      synchronized (text) {
        return text.toString();
      }
    }
  }
}

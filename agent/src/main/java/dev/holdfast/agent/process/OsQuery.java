package dev.holdfast.agent.process;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Queries by real processes, with an environment of a few fixed values. */
public final class OsQuery implements Query {
  private static final Map<String, String> ENVIRONMENT =
      Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL", "C.UTF-8");

  @Override
  public void lines(List<String> command, Duration atMost, Consumer<String> line) {
    Process process = start(command);
    // Reading blocks for as long as the program writes nothing, so somebody else keeps the time.
    Thread watch = Thread.ofPlatform().daemon().start(() -> killAfter(process, atMost));
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      for (String each = reader.readLine(); each != null; each = reader.readLine()) {
        line.accept(each);
      }
      int code = process.waitFor();
      if (code != 0) {
        throw new IOException("exit code " + code + ", at most " + atMost + " allowed");
      }
    } catch (IOException e) {
      throw failed(command, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(command, e);
    } finally {
      process.destroyForcibly();
      watch.interrupt();
    }
  }

  private static Process start(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().putAll(ENVIRONMENT);
    builder.redirectInput(new File("/dev/null"));
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    try {
      return builder.start();
    } catch (IOException e) {
      throw failed(command, e);
    }
  }

  private static void killAfter(Process process, Duration atMost) {
    try {
      if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static ProcessException failed(List<String> command, Exception cause) {
    return new ProcessException(
        "cannot ask " + command.getFirst() + ": " + cause.getMessage(), cause);
  }
}

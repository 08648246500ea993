package dev.holdfast.system;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A program that was started by its launcher: its standard output line by line, its standard error
 * in a file.
 */
public final class Launched implements AutoCloseable {
  private static final Path ROOT = Path.of(System.getProperty("holdfast.root"));

  /** Marks the end of standard output; no line of a program is like it. */
  private static final String END = "\u0000end";

  /**
   * What a program is started in.
   *
   * @param before words before the program: another program that becomes it
   * @param environment variables beside ours
   */
  public record Around(List<String> before, Map<String, String> environment) {
    /** Nothing. */
    public static final Around NOTHING = new Around(List.of(), Map.of());

    /** Copies. */
    public Around {
      before = List.copyOf(before);
      environment = Map.copyOf(environment);
    }
  }

  private final Process process;
  private final Path errors;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final Thread reader;

  private Launched(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
    // none of the few carriers of virtual threads: it is blocked for as long as the program lives
    this.reader = Thread.ofPlatform().daemon().start(this::readLines);
  }

  /**
   * Starts {@code packaging/bin/NAME}; standard error goes to a file in the folder, added to its
   * end.
   */
  public static Launched start(Path folder, String name, List<String> arguments) {
    return start(folder, name, arguments, Around.NOTHING);
  }

  /** The same, within something else. */
  public static Launched start(Path folder, String name, List<String> arguments, Around around) {
    List<String> call = new ArrayList<>(around.before);
    call.add(ROOT.resolve("packaging/bin").resolve(name).toString());
    call.addAll(arguments);
    Path errors = folder.resolve(name + ".log");
    try {
      ProcessBuilder builder = new ProcessBuilder(call);
      builder.directory(folder.toFile());
      builder.environment().putAll(around.environment);
      builder.redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()));
      return new Launched(builder.start(), errors);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + call, e);
    }
  }

  /**
   * Runs a program to its end; its output, or an error with what it said if the exit code is
   * another one.
   */
  public static String run(Path folder, String name, List<String> arguments, int exitCode) {
    try (Launched launched = start(folder, name, arguments)) {
      if (!launched.process.waitFor(60, TimeUnit.SECONDS)) {
        throw new AssertionError(
            name + " " + arguments + " did not end in 60 s: " + launched.said());
      }
      launched.reader.join();
      launched.lines.remove(END);
      String output = String.join("\n", launched.lines);
      if (launched.process.exitValue() != exitCode) {
        throw new AssertionError(
            name
                + " "
                + arguments
                + " ended with "
                + launched.process.exitValue()
                + ": "
                + output
                + launched.said());
      }
      return output;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** Waits for a line of standard output that begins so. */
  public String awaitLine(String start, Duration atMost) {
    long end = System.nanoTime() + atMost.toNanos();
    try {
      while (true) {
        String line = lines.poll(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        if (line == null) {
          throw new AssertionError("no line '" + start + "...' within " + atMost + ": " + said());
        }
        if (line.equals(END)) {
          // its output ends a moment before it does
          String how = process.waitFor(10, TimeUnit.SECONDS) ? "ended" : "closed its output";
          throw new AssertionError(how + " without a line '" + start + "...': " + said());
        }
        if (line.startsWith(start)) {
          return line;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** The words {@code key=value} of a line. */
  public static Map<String, String> words(String line) {
    Map<String, String> words = new HashMap<>();
    for (String word : line.split(" ")) {
      int equals = word.indexOf('=');
      if (equals > 0) {
        words.put(word.substring(0, equals), word.substring(equals + 1));
      }
    }
    return words;
  }

  /** The process id. */
  public long pid() {
    return process.pid();
  }

  /** Whether it runs. */
  public boolean alive() {
    return process.isAlive();
  }

  /** kill -9, and waits for the end. */
  public void kill() {
    process.destroyForcibly();
    awaitEnd(Duration.ofSeconds(10));
  }

  /** SIGTERM, and waits for the end; the exit code. What it says last can still be read. */
  public int stop() {
    boolean _ = process.toHandle().destroy(); // the process's own closes its output
    return awaitEnd(Duration.ofSeconds(15));
  }

  /** Waits for the end; the exit code. */
  public int awaitEnd(Duration atMost) {
    try {
      if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("still running after " + atMost + ": " + said());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** What it wrote to standard error. */
  public String said() {
    try {
      return "\n" + Files.readString(errors);
    } catch (IOException e) {
      return " (its standard error can't be read: " + e + ")";
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      kill();
    }
  }

  private void readLines() {
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      lines.add("(standard output can't be read: " + e + ")");
    }
    lines.add(END);
  }
}

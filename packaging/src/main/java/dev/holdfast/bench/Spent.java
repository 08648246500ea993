package dev.holdfast.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * What a process has taken from the machine, as the kernel counts it.
 *
 * @param cpuMillis of it and of its children that ended, in steps of 10 ms
 * @param residentKib its resident set
 */
record Spent(double cpuMillis, double residentKib) {
  private static final int TICK_MILLIS = 10;
  private static final int USER_TIME = 11;

  /** Of a process that runs. */
  static Spent of(long pid) {
    try {
      Path folder = Path.of("/proc", Long.toString(pid));
      String stat = Files.readString(folder.resolve("stat"));
      String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      long ticks = 0;
      for (int i = 0; i < 4; i++) {
        ticks += Long.parseLong(words[USER_TIME + i]);
      }
      double resident = 0;
      for (String line : Files.readAllLines(folder.resolve("status"))) {
        if (line.startsWith("VmRSS:")) {
          resident = Double.parseDouble(line.replaceAll("[^0-9]", ""));
        }
      }
      return new Spent((double) ticks * TICK_MILLIS, resident);
    } catch (IOException e) {
      throw new UncheckedIOException("process " + pid + " can't be looked at", e);
    }
  }

  /** How much CPU more than before. */
  double since(Spent before) {
    return cpuMillis - before.cpuMillis;
  }

  /** What is alive in the heap of a Java program, in KiB: all else is collected before. */
  static double liveKib(long pid) throws InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    try {
      Process process =
          new ProcessBuilder(jcmd, Long.toString(pid), "GC.class_histogram")
              .redirectErrorStream(true)
              .start();
      String table = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      return table
              .lines()
              .filter(line -> line.startsWith("Total"))
              .mapToLong(line -> Long.parseLong(line.strip().split("\\s+")[2]))
              .findFirst()
              .orElseThrow(() -> new IllegalStateException("no total in: " + table))
          / 1024.0;
    } catch (IOException e) {
      throw new UncheckedIOException("jcmd can't be started", e);
    }
  }
}

package dev.holdfast.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a process takes, as the kernel counts it. */
final class Memory {
  private Memory() {}

  /** Its resident set, in MB; 0 if it is gone. */
  static double resident(long pid) {
    return line(pid, "VmRSS:");
  }

  /** The largest that its resident set ever was, in MB; 0 if it is gone. */
  static double peak(long pid) {
    return line(pid, "VmHWM:");
  }

  /** From now on its peak is that of what comes, if the kernel lets us. */
  static void forgetPeak(long pid) throws IOException {
    Files.writeString(Path.of("/proc", Long.toString(pid), "clear_refs"), "5");
  }

  /** What is alive of the heap of a Java program, in MB: all else is collected before. */
  static double live(Path folder, long pid) throws IOException, InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    String table = Shell.require(folder, List.of(jcmd, Long.toString(pid), "GC.class_histogram"));
    return table
            .lines()
            .filter(line -> line.startsWith("Total"))
            .mapToLong(line -> Long.parseLong(line.strip().split("\\s+")[2]))
            .findFirst()
            .orElseThrow(() -> new IOException("no total in: " + table))
        / 1048576.0;
  }

  private static double line(long pid, String name) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
        if (line.startsWith(name)) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
        }
      }
      return 0;
    } catch (IOException e) {
      return 0;
    }
  }
}

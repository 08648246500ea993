package dev.holdfast.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

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

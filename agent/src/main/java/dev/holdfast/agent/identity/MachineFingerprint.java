package dev.holdfast.agent.identity;

import dev.holdfast.task.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Tells machines apart by what a reboot, another kernel or another address does not change: the
 * number that the system made when it was installed and, where it can be read, the one of the
 * hardware. Hashed, so that neither leaves the host.
 */
public final class MachineFingerprint {
  private static final String PURPOSE = "holdfast-machine-1";

  private MachineFingerprint() {}

  /** Of this machine; empty if nothing is known of it. */
  public static String here() {
    return of(Path.of("/"));
  }

  /** Of the machine whose files are below a folder. */
  static String of(Path root) {
    String system = first(root, List.of("etc/machine-id", "var/lib/dbus/machine-id"));
    String hardware = first(root, List.of("sys/class/dmi/id/product_uuid"));
    if (system.isEmpty()) {
      return "";
    }
    return Sha256.of(
            (PURPOSE + "\n" + system + "\n" + hardware + "\n").getBytes(StandardCharsets.UTF_8))
        .hex();
  }

  private static String first(Path root, List<String> names) {
    for (String name : names) {
      try {
        String text = Files.readString(root.resolve(name)).strip().toLowerCase(Locale.ROOT);
        if (text.matches("[0-9a-f-]{8,64}")) {
          return text;
        }
      } catch (IOException e) {
        // it is not there, or not for us to read
      }
    }
    return "";
  }
}

package dev.holdfast.agent.inventory;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The entry of {@code Host:Kernel}. The command line is left out: people put secrets there. Of the
 * modules only the number is told, which changes when one is loaded, not with who uses it.
 */
final class Kernel {
  private final Path root;

  Kernel(Path root) {
    this.root = root;
  }

  void read(Consumer<Map<String, String>> entries) {
    Path kernel = root.resolve("proc/sys/kernel");
    Path modules = root.resolve("proc/modules");
    Map<String, String> entry =
        new Attributes()
            .with("Name", HostFiles.line(kernel.resolve("ostype")))
            .with("Release", HostFiles.line(kernel.resolve("osrelease")))
            .with("Version", HostFiles.line(kernel.resolve("version")))
            .with("Tainted", tainted(HostFiles.line(kernel.resolve("tainted"))))
            .with(
                "Modules",
                Files.isReadable(modules)
                    ? Integer.toString(HostFiles.lines(modules).size())
                    : null)
            // Debian's package managers leave this where a new kernel or library waits for it.
            .with(
                "RebootRequired",
                Files.isDirectory(root.resolve("var/lib/dpkg"))
                    ? Boolean.toString(Files.exists(root.resolve("run/reboot-required")))
                    : null)
            .entry();
    if (!entry.isEmpty()) {
      entries.accept(entry);
    }
  }

  private static String tainted(String flags) {
    return flags.isEmpty() ? "" : Boolean.toString(!flags.equals("0"));
  }
}

package dev.holdfast.stage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/** Runtimes of those modules alone that a program needs. */
final class Runtimes {
  private Runtimes() {}

  /**
   * Makes one, from the JDK that this runs on.
   *
   * @param folder which isn't there yet
   */
  static void make(List<String> modules, Path folder) {
    ToolProvider jlink =
        ToolProvider.findFirst("jlink")
            .orElseThrow(() -> new IllegalStateException("this Java has no jlink: use a JDK"));
    int code =
        jlink.run(
            System.out,
            System.err,
            "--add-modules",
            String.join(",", modules),
            "--strip-debug",
            "--compress",
            "zip-9",
            "--no-header-files",
            "--no-man-pages",
            "--output",
            folder.toString());
    if (code != 0) {
      throw new IllegalStateException("jlink ended with " + code + " for " + folder);
    }
    withoutLinks(folder.resolve("legal"));
    withoutTools(folder.resolve("bin"));
  }

  /** Of its commands only the one that runs programs is used. */
  private static void withoutTools(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      for (Path tool : all.filter(file -> !file.endsWith("java")).toList()) {
        Files.delete(tool);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Licences that are the same for several modules are links to one; that one is enough. */
  private static void withoutLinks(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path link : all.filter(Files::isSymbolicLink).toList()) {
        Files.delete(link);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

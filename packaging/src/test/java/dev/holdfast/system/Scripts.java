package dev.holdfast.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/** Small programs that stand in for real ones, and copies of those of the checkout. */
final class Scripts {
  /** The folder that the launchers and the demo are in. */
  static final Path PACKAGING = Path.of(System.getProperty("holdfast.root")).resolve("packaging");

  private Scripts() {}

  /** Writes a program for the shell; its folders are made. */
  static void write(Path file, String script) throws IOException {
    Path parent = file.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Copies the files of a folder of packaging, their modes with them. */
  static void copy(String name, Path packaging) throws IOException {
    Path target = Files.createDirectories(packaging.resolve(name));
    try (Stream<Path> files = Files.list(PACKAGING.resolve(name))) {
      List<Path> all = files.toList();
      for (Path file : all) {
        Files.copy(
            file,
            target.resolve(String.valueOf(file.getFileName())),
            StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }
}

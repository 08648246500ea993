package dev.holdfast.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * The inputs that are kept of a target: one archive each, so that a build compares bytes, not
 * thousands of files.
 */
final class Corpus {
  private Corpus() {}

  /** By name; empty if none are kept. */
  static Map<String, byte[]> kept(Target target) throws IOException {
    Map<String, byte[]> inputs = new LinkedHashMap<>();
    try (InputStream resource =
        Corpus.class.getResourceAsStream("/fuzz/" + target.text() + ".zip")) {
      if (resource != null) {
        ZipInputStream zip = new ZipInputStream(resource);
        for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
          inputs.put(entry.getName(), zip.readAllBytes());
        }
      }
    }
    return inputs;
  }

  /** Puts them into a folder, a file each. */
  static void unpack(Target target, Path folder) throws IOException {
    Files.createDirectories(folder);
    int number = 0;
    for (byte[] input : kept(target).values()) {
      Files.write(folder.resolve("kept-" + number++), input);
    }
  }

  /** Writes the archive of what lies in a folder: the same bytes for the same inputs. */
  static void pack(Path folder, Path archive) throws IOException {
    Map<String, Path> files = new TreeMap<>();
    try (Stream<Path> all = Files.list(folder)) {
      all.forEach(file -> files.put(file.getFileName().toString(), file));
    }
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
      zip.setLevel(9);
      for (Map.Entry<String, Path> file : files.entrySet()) {
        ZipEntry entry = new ZipEntry(file.getKey());
        entry.setLastModifiedTime(FileTime.fromMillis(0));
        zip.putNextEntry(entry);
        zip.write(Files.readAllBytes(file.getValue()));
        zip.closeEntry();
      }
    }
  }
}

package dev.holdfast.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What scripts say themselves of having begun: a file {@code RUN.anything} for each time. */
public final class Marks {
  private Marks() {}

  /** How many times the script of each run began. */
  public static Map<String, Integer> begun(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      Map<String, Integer> begun = new TreeMap<>();
      files
          .map(file -> String.valueOf(file.getFileName()))
          .forEach(name -> begun.merge(name.substring(0, name.indexOf('.')), 1, Integer::sum));
      return begun;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the marks", e);
    }
  }
}

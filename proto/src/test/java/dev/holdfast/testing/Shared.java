package dev.holdfast.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * The folder of other people's documents and recorded results that may lie beside the repository.
 */
public final class Shared {
  private Shared() {}

  /** A folder or file in it; the test that asks is skipped with a message if it isn't there. */
  public static Path path(String relative) {
    Path path =
        Path.of(System.getProperty("holdfast.root")).resolveSibling("shared").resolve(relative);
    Assumptions.assumeTrue(
        Files.exists(path),
        "skipped: there is no " + path.getFileName() + " beside the repository");
    return path;
  }
}

package dev.holdfast.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * What a bash needs to complete the words of a program: each program prints its own, and it is put
 * where bash-completion looks for it, by the program's name, when a word is first completed.
 */
final class Completions {
  /** Where that is, below the root of a host. */
  static final String PLACE = "usr/share/bash-completion/completions";

  private static final long PATIENCE_SECONDS = 60;

  private Completions() {}

  /**
   * Makes the file of one program.
   *
   * @param launcher starts the program, and has its name
   * @param root of the host, or what stands for it
   */
  static void make(Path launcher, Path root) throws IOException, InterruptedException {
    Path folder = Files.createDirectories(root.resolve(PLACE));
    Path made = folder.resolve(String.valueOf(launcher.getFileName()));
    Process program =
        new ProcessBuilder(launcher.toString(), "completion")
            .redirectOutput(made.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    if (!program.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      Process _ = program.destroyForcibly();
      throw new IllegalStateException(
          launcher + " completion did not end in " + PATIENCE_SECONDS + " s");
    }
    if (program.exitValue() != 0 || Files.size(made) == 0) {
      throw new IllegalStateException(
          launcher + " completion printed nothing to use, and ended with " + program.exitValue());
    }
  }
}

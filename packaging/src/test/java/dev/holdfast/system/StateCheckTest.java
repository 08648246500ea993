package dev.holdfast.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Runs {@code packaging/state/check} where somebody asks for it, by the system property {@code
 * holdfast.state.check}: a folder in which it keeps its root for the next time. It takes minutes.
 */
final class StateCheckTest {
  private static final int SKIPPED = 77;

  @Test
  void everyKindOfStateIsKeptInARealDebian() throws Exception {
    String cache = System.getProperty("holdfast.state.check");
    assumeTrue(cache != null, "asked for by -Dholdfast.state.check=FOLDER only");
    Path script = Scripts.PACKAGING.resolve("state/check");

    int code =
        new ProcessBuilder(script.toString(), "--cache", cache).inheritIO().start().waitFor();

    assumeTrue(code != SKIPPED, "this machine can't do it; the script says why");
    assertEquals(0, code);
  }
}

package dev.holdfast.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs {@code packaging/state/check} and {@code packaging/patch/check} where somebody asks for it,
 * by the system property {@code holdfast.state.check}: a folder in which they keep their root for
 * the next time. It takes minutes.
 */
final class StateCheckTest {
  private static final int SKIPPED = 77;

  @ParameterizedTest
  @ValueSource(strings = {"state/check", "patch/check"})
  void aRealDebianIsKeptAndScannedAsItShouldBe(String script) throws Exception {
    String cache = System.getProperty("holdfast.state.check");
    assumeTrue(cache != null, "asked for by -Dholdfast.state.check=FOLDER only");

    int code =
        new ProcessBuilder(Scripts.PACKAGING.resolve(script).toString(), "--cache", cache)
            .inheritIO()
            .start()
            .waitFor();

    assumeTrue(code != SKIPPED, "this machine can't do it; the script says why");
    assertEquals(0, code);
  }
}

package dev.holdfast.agent.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.process.Commands.Command;
import dev.holdfast.agent.process.Commands.Ran;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class OsCommandsTest {
  private static final Path FOLDER = Path.of("/somewhere/runs/1/0-1-0");
  private static final Map<String, String> ENVIRONMENT = Map.of("PATH", "/usr/bin:/bin");
  private final Commands commands = new OsCommands();

  @Test
  void aCommandTellsItsCodeAndWhatItWroteAndReadsItsInput() throws Exception {
    assertEquals(
        new Ran(3, "given\n", "wrong\n"), sh("cat; echo wrong >&2; exit 3", "given\n", 100));
  }

  @Test
  void nothingIsInheritedAndTheMarkOfTheFolderIsThere() throws Exception {
    Ran ran = run(List.of("env"), "", 10_000, Duration.ofSeconds(20));

    assertEquals(
        List.of("HOLDFAST_TREE=" + Mark.of(FOLDER).text(), "PATH=" + ENVIRONMENT.get("PATH")),
        ran.stdout().lines().sorted().toList());
  }

  @Test
  void ofLongOutputHeadAndTailAreKept() throws Exception {
    Ran ran = sh("seq -w 1 99999", "", 12);

    assertEquals("00001\n00002\n\n[599970 bytes left out]\n99998\n99999\n", ran.stdout());
    assertEquals("123456", sh("printf 123456", "", 3).stdout());
    assertEquals("123", sh("printf 123", "", 3).stdout());
  }

  @Test
  void whatTakesTooLongIsKilled() {
    ProcessException late =
        assertThrows(
            ProcessException.class,
            () -> run(List.of("sleep", "60"), "", 10, Duration.ofMillis(100)));

    assertTrue(String.valueOf(late.getMessage()).startsWith("sleep took more"), late::toString);
  }

  @Test
  void aProgramThatIsNotThereIsToldByItsName() {
    ProcessException missing =
        assertThrows(
            ProcessException.class,
            () -> run(List.of("no-such-program"), "", 10, Duration.ofSeconds(5)));

    assertTrue(String.valueOf(missing.getMessage()).contains("no-such-program"), missing::toString);
  }

  @Test
  void whoIsInterruptedStopsWaitingAtOnce() {
    Thread.currentThread().interrupt();

    assertThrows(
        InterruptedException.class,
        () -> run(List.of("sleep", "2"), "", 10, Duration.ofSeconds(60)));
  }

  private Ran sh(String script, String input, int keep) throws InterruptedException {
    return run(List.of("sh", "-c", script), input, keep, Duration.ofSeconds(20));
  }

  private Ran run(List<String> words, String input, int keep, Duration atMost)
      throws InterruptedException {
    return commands.run(new Command(FOLDER, words, ENVIRONMENT, Path.of("/"), input, atMost, keep));
  }
}

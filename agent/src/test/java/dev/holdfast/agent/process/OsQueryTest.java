package dev.holdfast.agent.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OsQueryTest {
  private final List<String> lines = new ArrayList<>();

  @Test
  void theAnswerComesLineByLineAndNothingIsInherited() {
    ask(Duration.ofSeconds(20), "env");

    assertTrue(lines.contains("LC_ALL=C.UTF-8"), lines::toString);
    assertTrue(lines.stream().noneMatch(line -> line.startsWith("HOME=")), lines::toString);
  }

  @Test
  void anotherExitCodeThanZeroAndAMissingProgramAreErrors() {
    ProcessException failed =
        assertThrows(ProcessException.class, () -> ask(Duration.ofSeconds(20), "false"));
    assertEquals("cannot ask false: exit code 1, at most PT20S allowed", failed.getMessage());
    assertThrows(ProcessException.class, () -> ask(Duration.ofSeconds(20), "no-such-program-here"));
  }

  @Test
  void whoTakesTooLongIsKilled() {
    assertThrows(ProcessException.class, () -> ask(Duration.ofMillis(50), "sleep", "60"));
  }

  private void ask(Duration atMost, String... command) {
    new OsQuery().lines(List.of(command), atMost, lines::add);
  }
}

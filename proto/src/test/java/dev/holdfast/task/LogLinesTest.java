package dev.holdfast.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class LogLinesTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final LogLines lines = new LogLines(out);

  @Test
  void anEventIsOneLineWhateverIsInItsText() {
    lines.println(
        "2026-11-24T12:00:00Z INFO admin - name=a\n2026 ERROR forged \u001b[31m\u202e - x");
    lines.flush();

    assertEquals(
        "2026-11-24T12:00:00Z INFO admin name=a\\u000a2026 ERROR forged \\u001b[31m\\u202e - x\n",
        written());
  }

  @Test
  void theStackOfAFailureFollowsOnTheSameLine() {
    lines.println("TIME ERROR server - a call failed id=1");
    new IllegalStateException("first\nsecond", new RuntimeException("cause"))
        .printStackTrace(lines);
    lines.flush();
    lines.println("TIME INFO server - next");
    lines.flush();

    String[] written = written().split("\n", -1);
    assertEquals(3, written.length);
    assertTrue(
        written[0].startsWith(
            "TIME ERROR server a call failed id=1 | java.lang.IllegalStateException:"
                + " first\\u000asecond | at dev.holdfast"),
        written[0]);
    assertTrue(written[0].contains(" | Caused by: java.lang.RuntimeException: cause"), written[0]);
    assertEquals("TIME INFO server next", written[1]);
  }

  @Test
  void onlyTheDashBeforeTheMessageGoes() {
    lines.println("T WARN link a - b");
    lines.println("not a log - line");
    lines.flush();

    assertEquals("T WARN link a - b\nnot a log - line\n", written());
  }

  private String written() {
    return out.toString(StandardCharsets.UTF_8);
  }
}

package dev.holdfast.task;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LogLinesTest {
  @Test
  void aLineStaysOneLineWhateverForeignTextIsInIt() {
    assertEquals(
        "2026-11-22T08:00:00Z INFO link hello name=a\\u000aERROR\\u001b[2J\\u202e\\u2028 ü\n",
        printed("2026-11-22T08:00:00Z INFO link - hello name=a\nERROR\u001b[2J\u202e\u2028 ü"));
  }

  @Test
  void onlyTheDashBeforeTheMessageGoes() {
    assertEquals("T WARN link a - b\n", printed("T WARN link - a - b"));
    assertEquals("not a log - line\n", printed("not a log - line"));
  }

  private static String printed(String line) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (LogLines lines = new LogLines(out)) {
      lines.println(line);
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}

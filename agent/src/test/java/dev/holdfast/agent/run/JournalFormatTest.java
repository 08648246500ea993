package dev.holdfast.agent.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.holdfast.agent.testing.FormatSamples;
import dev.holdfast.agent.testing.MemoryDisk;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The journal of runs as the first version wrote it. */
final class JournalFormatTest {
  private static final String KEY = "99999999-2222-3333-4444-555555555555-1";

  @Test
  void theSampleIsWrittenOnlyOnRequest() {
    FormatSamples.write("journal", JournalFormatTest::written);
  }

  @Test
  void theJournalOfTheFirstVersionIsRead() {
    RunJournal journal = new RunJournal(FormatSamples.read("journal"));
    assertEquals(
        Documents.request(Documents.shell("exit 0 20", "exit 0 1"), Map.of(), false),
        journal.intent(KEY).orElseThrow().request());
    assertInstanceOf(RunState.Running.class, journal.state(KEY).orElseThrow());
    assertEquals(Map.of("name", 3), journal.secrets(KEY));
  }

  @Test
  void aNewerVersionStopsTheStart() {
    MemoryDisk disk = FormatSamples.read("journal");
    FormatSamples.raise(disk, "journal/" + KEY + "/state", 3);
    assertThrows(IllegalStateException.class, () -> new RunJournal(disk).state(KEY));
  }

  private static MemoryDisk written() {
    Lives lives = new Lives();
    lives
        .runner()
        .start(Documents.request(Documents.shell("exit 0 20", "exit 0 1"), Map.of(), false));
    lives.clock.advance(Duration.ofSeconds(5));
    new RunJournal(lives.disk).note(KEY, Map.of("name", 3));
    MemoryDisk sample = new MemoryDisk();
    for (String file : lives.disk.list("journal/" + KEY)) {
      String path = "journal/" + KEY + "/" + file;
      sample.write(path, lives.disk.read(path).orElseThrow());
    }
    return sample;
  }
}

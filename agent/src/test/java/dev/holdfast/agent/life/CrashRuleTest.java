package dev.holdfast.agent.life;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.agent.life.CrashRule.Crash;
import dev.holdfast.agent.testing.Samples;
import dev.holdfast.association.Trigger;
import dev.holdfast.task.Sha256;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What follows from crashes. A crash is written as its minute and the run that was in progress. */
final class CrashRuleTest {
  private static final Instant START = Instant.parse("2026-03-02T09:00:00Z");

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "'0a',                     '',  false",
    "'0a 1a',                  '',  false",
    "'0a 1a 2a',               a,   false",
    "'0a 1b 2a',               '',  false",
    "'0a 1b 2a 3a',            a,   false",
    "'0a 1a 2b',               '',  false",
    "'0a 5a 11a',              '',  false",
    "'0a 5a 9a',               a,   false",
    "'0- 1- 2-',               '',  false",
    "'0- 1- 2- 3- 4-',         '',  true",
    "'0a 1b 2c 3d 4e',         '',  true",
    "'0a 1a 2a 3b 4b',         '',  true",
    "'0a 1a 2a 3a 4a',         a,   true",
    "'0a 1b 2c 3d 11e',        '',  false",
    "'9a 8a 7a',               a,   false",
    "'20a 21a 1a',             '',  false",
  })
  void threeWithOneRunParkItAndFiveEndEverything(String crashes, String park, boolean safe) {
    Crash[] all = Stream.of(crashes.split(" ")).map(CrashRuleTest::crash).toArray(Crash[]::new);
    Instant now = all[all.length - 1].at();
    if (crashes.startsWith("9a")) {
      now = all[0].at();
    }

    CrashRule.Verdict verdict = CrashRule.DEFAULT.decide(java.util.List.of(all), now);

    assertEquals(
        park.isEmpty() ? Optional.empty() : Optional.of(run(park.charAt(0))), verdict.park());
    assertEquals(safe, verdict.safeMode());
    assertEquals(
        new CrashRule.Verdict(Optional.empty(), false),
        CrashRule.NEVER.decide(java.util.List.of(all), now));
  }

  private static Crash crash(String text) {
    int minute = Integer.parseInt(text.substring(0, text.length() - 1));
    char run = text.charAt(text.length() - 1);
    return new Crash(
        START.plusSeconds(60L * minute), run == '-' ? Optional.empty() : Optional.of(run(run)));
  }

  private static Suspect run(char name) {
    return new Suspect(
        Samples.association(name), new Trigger.Change(1, 5), Sha256.of(new byte[] {(byte) name}));
  }
}

package dev.holdfast.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

final class TempoTest {
  private static final Instant START = Instant.parse("2026-03-02T09:30:00Z");
  private static final InstantSource CLOCK = InstantSource.fixed(START);

  @Test
  void timePassesAsItDoesUnlessAskedFor() {
    Tempo tempo = Tempo.of(CLOCK);

    assertEquals(START, tempo.now());
    assertEquals(Duration.ofHours(1), tempo.passed(Duration.ofHours(1)));
    assertEquals(Duration.ofHours(1), tempo.until(Duration.ofHours(1)));
    assertEquals(Duration.ofSeconds(9), tempo.wait(Duration.ofSeconds(9)));
  }

  @Test
  void fromItsMomentOnTimePassesFaster() {
    Tempo tempo = Tempo.faster(CLOCK, START.plusSeconds(30), 60);

    assertEquals(Duration.ofSeconds(30), tempo.passed(Duration.ofSeconds(30)));
    assertEquals(Duration.ofSeconds(30 + 120), tempo.passed(Duration.ofSeconds(32)));
    assertEquals(Duration.ofSeconds(32), tempo.until(Duration.ofSeconds(30 + 120)));
    assertEquals(Duration.ofSeconds(7), tempo.until(Duration.ofSeconds(7)));
  }

  @Test
  void aMomentThatIsOverIsNow() {
    Tempo tempo = Tempo.faster(CLOCK, START.minusSeconds(30), 100);

    assertEquals(Duration.ofSeconds(100), tempo.passed(Duration.ofSeconds(1)));
    assertTrue(tempo.wait(Duration.ofSeconds(100)).compareTo(Duration.ofSeconds(1)) <= 0);
  }

  @Test
  void aFactorThatWouldMakeNoSenseIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Tempo.faster(CLOCK, START, 0.5));
    assertThrows(IllegalArgumentException.class, () -> Tempo.faster(CLOCK, START, Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> Tempo.faster(CLOCK, START, 1e9));
  }
}

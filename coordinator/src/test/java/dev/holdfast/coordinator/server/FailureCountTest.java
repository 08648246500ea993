package dev.holdfast.coordinator.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class FailureCountTest {
  private static final Duration START = Duration.ofHours(1);

  private final FailureCount count = new FailureCount(10);

  @Test
  void theEleventhFailureOfAMinuteSilencesForFiveMinutes() {
    for (int i = 0; i < 10; i++) {
      assertFalse(count.failed("a", START.plusSeconds(i)));
    }
    assertEquals(Duration.ZERO, count.silence("a", START.plusSeconds(10)));

    assertTrue(count.failed("a", START.plusSeconds(10)));

    assertEquals(Duration.ofMinutes(5), count.silence("a", START.plusSeconds(10)));
    assertEquals(Duration.ofSeconds(1), count.silence("a", START.plusSeconds(309)));
    assertEquals(Duration.ZERO, count.silence("a", START.plusSeconds(310)));
  }

  @Test
  void failuresOfDifferentMinutesAndOthersDoNotAddUp() {
    for (int i = 0; i < 200; i++) {
      assertFalse(count.failed("slow", START.plusSeconds(7L * i)));
    }
    for (int i = 0; i < 200; i++) {
      assertFalse(count.failed("source " + i, START));
    }
  }

  @Test
  void afterItsSilenceASourceBeginsAnew() {
    for (int i = 0; i <= 10; i++) {
      count.failed("a", START);
    }
    Duration later = START.plus(FailureCount.SILENCE);

    assertFalse(count.failed("a", later));
    assertEquals(Duration.ZERO, count.silence("a", later));
  }

  @Test
  void onlySoManySourcesAreRemembered() {
    for (int i = 0; i <= 10; i++) {
      count.failed("first", START);
    }
    for (int i = 0; i < FailureCount.MAX_SOURCES; i++) {
      count.failed("source " + i, START);
    }

    assertEquals(Duration.ZERO, count.silence("first", START));
  }
}

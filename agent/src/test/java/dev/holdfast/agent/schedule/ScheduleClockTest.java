package dev.holdfast.agent.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.testing.Cases;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ScheduleClockTest {
  private static final Instant START = Instant.parse("2026-03-02T09:00:00Z");

  /** After an hour the wall clock is set, and then so long passes. */
  @ParameterizedTest
  @CsvSource({
    // set by, passes, it is ahead of the wall clock by
    "PT0S, PT1H, PT0S",
    "PT1H, PT1H, PT0S",
    "P30D, PT1H, PT0S",
    "PT-1H, PT0S, PT1H",
    "PT-1H, PT4H, PT30M",
    "PT-1H, PT8H, PT0S",
    "PT-1H, PT80H, PT0S",
    "PT-24H, PT0S, PT24H",
    "PT-24H, PT48H, PT18H",
    "PT-24H-1S, PT0S, PT0S",
    "P-30D, PT1H, PT0S",
  })
  void aClockThatWentBackALittleIsLeftBehindUntilItIsEven(
      Duration by, Duration passes, Duration lead) {
    ScheduleClock clock = new ScheduleClock(START, Duration.ZERO, Optional.empty());
    Instant set = START.plusSeconds(3600).plus(by);
    assertEquals(START.plusSeconds(3600), clock.read(START.plusSeconds(3600), Duration.ofHours(1)));
    clock.read(set, Duration.ofHours(1));

    Instant now = clock.read(set.plus(passes), Duration.ofHours(1).plus(passes));

    assertEquals(set.plus(passes).plus(lead), now);
    assertEquals(lead, clock.lead());
  }

  @ParameterizedTest
  @CsvSource({
    "PT0S, PT0S",
    "PT-5M, PT0S",
    "PT5H, PT5H",
    "PT24H, PT24H",
    "PT25H, PT0S",
    "P4000D, PT0S",
  })
  void aNewLifeBeginsNoEarlierThanWhatTheOneBeforeWasDoneWith(Duration handled, Duration lead) {
    ScheduleClock clock =
        new ScheduleClock(START, Duration.ofDays(3), Optional.of(START.plus(handled)));

    assertEquals(lead, clock.lead());
  }

  @Test
  void itNeverGoesBackButWhenTheWallClockIsBelieved() {
    Cases.check(
        200,
        random -> {
          ScheduleClock clock = new ScheduleClock(START, Duration.ZERO, Optional.empty());
          Instant wall = START;
          Duration uptime = Duration.ZERO;
          Instant before = START;
          for (int i = 0; i < 50; i++) {
            Duration passes = Duration.ofSeconds(random.nextInt(100_000));
            uptime = uptime.plus(passes);
            wall = wall.plus(passes);
            if (random.nextInt(3) == 0) {
              wall = wall.plusSeconds(random.nextInt(300_000) - 150_000);
            }
            Instant now = clock.read(wall, uptime);
            assertFalse(now.isBefore(wall), "behind the wall clock");
            Instant believed = wall.plus(Duration.ofHours(24)).minus(passes);
            assertTrue(
                !now.isBefore(before) || (now.equals(wall) && before.isAfter(believed)),
                "from " + before + " to " + now);
            before = now;
          }
        });
  }

  @Test
  void whatItSaysToWaitIsNeitherTooLittleNorTooMuch() {
    Cases.check(
        200,
        random -> {
          ScheduleClock clock =
              new ScheduleClock(
                  START, Duration.ZERO, Optional.of(START.plusSeconds(random.nextInt(86_400))));
          Duration later = Duration.ofSeconds(1 + random.nextInt(200_000));
          Instant due = clock.read(START, Duration.ZERO).plus(later);

          Duration wait = clock.wait(later);

          Instant then = clock.read(START.plus(wait), wait);
          assertTrue(Duration.between(due, then).abs().toMillis() < 1, due + " and " + then);
        });
  }
}

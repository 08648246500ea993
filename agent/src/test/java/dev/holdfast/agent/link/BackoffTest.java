package dev.holdfast.agent.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.task.Limits;
import dev.holdfast.task.TransportLimits;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BackoffTest {
  private final Backoff backoff = new Backoff(new SplittableRandom(1));

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 2", "2, 4", "8, 256", "9, 300", "60, 300"})
  void theBoundDoublesUpToFiveMinutes(int failures, long seconds) {
    assertEquals(Duration.ofSeconds(seconds), Backoff.bound(failures));
  }

  @Test
  void theWaitIsAnywhereBelowItsBound() {
    for (int i = 0; i < 8; i++) {
      backoff.next(Duration.ZERO);
    }
    long low = 0;
    long high = 0;
    for (int i = 0; i < 200; i++) {
      Duration wait = backoff.next(Duration.ZERO);
      assertTrue(wait.compareTo(Limits.RECONNECT_LONGEST) <= 0);
      low += wait.compareTo(Duration.ofSeconds(60)) < 0 ? 1 : 0;
      high += wait.compareTo(Duration.ofMinutes(4)) > 0 ? 1 : 0;
    }
    assertTrue(low > 15 && high > 15, "spread over the whole range: " + low + ", " + high);
  }

  @Test
  void afterAGoodLinkItBeginsAnewAndAShortOneCountsAsAFailure() {
    assertEquals(Duration.ofSeconds(1), longest(Duration.ZERO, 0));
    assertEquals(Duration.ofSeconds(2), longest(Duration.ofSeconds(1), 1));
    assertEquals(Duration.ofSeconds(1), longest(Limits.GOOD_LINK, 2));
  }

  @Test
  void aShortLinkShowsThatTheCoordinatorIsThereSoThatTheNextWaitIsNoLongOne() {
    assertEquals(Duration.ofMinutes(5), longest(Duration.ZERO, 20));
    assertEquals(Duration.ofSeconds(2), longest(Duration.ofSeconds(1), 20));
  }

  @Test
  void onceAWindowWasNamedEveryWaitIsSpreadOverItAlsoWhenNobodyAnswers() {
    backoff.window(Duration.ofSeconds(100));
    double all = 0;
    for (int i = 0; i < 1_000; i++) {
      backoff.next(Limits.GOOD_LINK); // a link that lasted, and the coordinator is gone
      Duration wait = backoff.next(Duration.ZERO); // which does not answer
      assertTrue(wait.compareTo(Duration.ofSeconds(100)) <= 0, wait.toString());
      all += wait.toMillis() / 1e3;
    }
    assertTrue(all / 1_000 > 40 && all / 1_000 < 60, "on average " + all / 1_000);
  }

  @Test
  void aTimeThatTheCoordinatorNamesIsWaitedForOnceAndNotForEver() {
    backoff.atLeast(Duration.ofSeconds(30));
    Duration wait = backoff.next(Duration.ZERO);
    assertTrue(wait.compareTo(Duration.ofSeconds(30)) >= 0, wait.toString());
    assertTrue(wait.compareTo(Duration.ofSeconds(31)) <= 0, wait.toString());
    assertTrue(backoff.next(Limits.GOOD_LINK).compareTo(Duration.ofSeconds(1)) <= 0);

    backoff.atLeast(Duration.ofDays(365));
    assertTrue(
        backoff.next(Limits.GOOD_LINK).compareTo(TransportLimits.LONGEST_RETRY_TIME.plusSeconds(1))
            <= 0);
  }

  /** The longest of many waits after so many failures, to the next second. */
  private static Duration longest(Duration linked, int failures) {
    Duration longest = Duration.ZERO;
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < 2_000; i++) {
      Backoff one = new Backoff(random);
      for (int j = 0; j < failures; j++) {
        one.next(Duration.ZERO);
      }
      Duration wait = one.next(linked);
      longest = wait.compareTo(longest) > 0 ? wait : longest;
    }
    return Duration.ofSeconds((longest.toMillis() + 999) / 1000);
  }
}

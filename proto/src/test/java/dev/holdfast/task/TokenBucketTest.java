package dev.holdfast.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TokenBucketTest {
  private static final Duration START = Duration.ofHours(3);

  /** After spending so much of a full bucket: how long until there is so much again. */
  @ParameterizedTest
  @CsvSource({
    // a second, at most, spent, wanted, wait in ms
    "20, 100, 0, 1, 0",
    "20, 100, 100, 0, 0",
    "20, 100, 100, 1, 50",
    "20, 100, 99, 1, 0",
    "20, 100, 120, 0, 1000",
    "65536, 2097152, 4194304, 0, 32000",
    "1, 1000, 1060, 0, 60000",
    "0.1, 6, 6, 1, 10000",
    "0.1, 6, 5, 1, 0",
  })
  void waitsUntilWhatIsWantedIsThere(
      double aSecond, double atMost, double spent, double wanted, long wait) {
    TokenBucket bucket =
        TokenBucket.full(new TokenBucket.Rate(aSecond, atMost), START).spend(spent, START);

    assertEquals(Duration.ofMillis(wait), bucket.until(wanted, START));
    assertEquals(wait == 0, bucket.has(wanted, START));
    assertTrue(bucket.has(wanted, START.plusMillis(wait)));
    assertFalse(wait > 0 && bucket.has(wanted, START.plusMillis(wait - 1)));
  }

  @Test
  void aPauseFillsItAndNeverMore() {
    TokenBucket bucket = TokenBucket.full(new TokenBucket.Rate(20, 100), START).spend(150, START);

    assertEquals(100, bucket.at(START.plusDays(30)).tokens());
    assertEquals(bucket, bucket.at(START.minusDays(1)), "time does not go back");
  }

  @Test
  void overAnyTimeNoMoreComesThanTheRateAndOnePauseAllow() {
    SplittableRandom random = new SplittableRandom(6);
    for (int round = 0; round < 200; round++) {
      TokenBucket.Rate rate =
          new TokenBucket.Rate(0.1 + random.nextInt(100), 1 + random.nextInt(1_000));
      TokenBucket bucket = TokenBucket.full(rate, START);
      Duration now = START;
      double spent = 0;
      for (int i = 0; i < 500; i++) {
        now = now.plusMillis(random.nextInt(400));
        double cost = random.nextInt(5);
        if (bucket.has(cost, now)) {
          bucket = bucket.spend(cost, now);
          spent += cost;
        }
      }
      double allowed = rate.atMost() + now.minus(START).toMillis() / 1e3 * rate.aSecond();
      assertTrue(spent <= allowed + 1e-6, spent + " of " + allowed);
    }
  }

  @Test
  void aRateThatLetsNothingInIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new TokenBucket.Rate(0, 1));
    assertThrows(IllegalArgumentException.class, () -> new TokenBucket.Rate(1, 0));
    assertThrows(IllegalArgumentException.class, () -> new TokenBucket.Rate(Double.NaN, 1));
  }
}

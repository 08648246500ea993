package dev.holdfast.permit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.OptionalInt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RateLimitsTest {
  @ParameterizedTest(name = "{0} and {1} of {2}")
  @CsvSource({
    "5, 0, 100, 5, 0",
    "10%, 10%, 50, 5, 5",
    "10%, 10%, 9, 1, 0",
    "1%, 99%, 199, 1, 197",
    "100%, 1, 0, 1, 1",
    "50%, 0%, 3, 1, 0",
  })
  void percentagesRoundDownAndOneMayAlwaysRun(
      String concurrency, String errors, int members, int atOnce, int failures) {
    RateLimits limits = new RateLimits(concurrency, errors);

    assertEquals(OptionalInt.of(atOnce), limits.concurrency(members));
    assertEquals(OptionalInt.of(failures), limits.errors(members));
  }

  @ParameterizedTest(name = "{0} members")
  @CsvSource({"0", "1", "100000"})
  void withoutLimitsThereAreNone(int members) {
    assertFalse(RateLimits.NONE.limited());
    assertEquals(OptionalInt.empty(), RateLimits.NONE.concurrency(members));
    assertEquals(OptionalInt.empty(), RateLimits.NONE.errors(members));
  }
}

package dev.holdfast.coordinator.association;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PermitsTest {
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
      String concurrency, String errors, int targets, int atOnce, int failures) {
    var permits = Permits.of(concurrency, errors, targets);
    assertEquals(atOnce, permits.getConcurrency());
    assertEquals(failures, permits.getErrors());
  }

  @ParameterizedTest(name = "{0} targets")
  @CsvSource({"0", "1", "100000"})
  void withoutLimitsThereAreNone(int targets) {
    assertFalse(Permits.of("", "", targets).hasConcurrency());
    assertFalse(Permits.of("", "", targets).hasErrors());
  }
}

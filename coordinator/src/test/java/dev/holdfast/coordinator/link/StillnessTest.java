package dev.holdfast.coordinator.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StillnessTest {
  private static final Duration NOW = Duration.ofHours(1);
  private static final Instant CLOCK = Instant.parse("2026-11-24T12:00:00Z");

  /** All columns but the first are seconds before now, or empty: not so. */
  @ParameterizedTest
  @CsvSource({
    // greeted, opened, stuck, storing, lost, expired, why
    "false, 119, , , , ,",
    "false, 120, , , , , no hello",
    "true, 3600, , , , ,",
    "true, 3600, 119, 119, , ,",
    "true, 3600, 120, , , , took no message",
    "true, 3600, , 120, , , could not be stored",
    "true, 3600, , , -1, ,",
    "true, 3600, , , 0, , two heartbeats",
    "true, 3600, , , , -1,",
    "true, 3600, , , , 0, certificate has expired",
    "false, 1, , , , 5, certificate has expired",
  })
  void aLinkIsOverWhenNothingMovesThatShould(
      boolean greeted,
      long opened,
      @Nullable Long stuck,
      @Nullable Long storing,
      @Nullable Long lost,
      @Nullable Long expired,
      @Nullable String why) {
    Optional<String> over =
        new Stillness(
                NOW.minusSeconds(opened),
                greeted,
                before(stuck),
                before(storing),
                before(lost),
                Optional.ofNullable(expired).map(CLOCK::minusSeconds))
            .over(NOW, CLOCK);

    assertEquals(why != null, over.isPresent(), over.toString());
    assertEquals(true, why == null || over.orElse("").contains(why), over.toString());
  }

  private static Optional<Duration> before(@Nullable Long seconds) {
    return Optional.ofNullable(seconds).map(NOW::minusSeconds);
  }
}

package dev.holdfast.coordinator.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.coordinator.store.Associations.InForce;
import dev.holdfast.testing.Cases;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TicksTest {
  private static final Instant FROM = Instant.parse("2026-11-24T12:00:30Z");
  private static final InForce HOURLY = schedule(FROM, "cron(0 * * * ? *)");

  @ParameterizedTest
  @CsvSource({
    "2026-11-24T13:00:00Z, true",
    "2026-11-24T12:00:00Z, false",
    "2026-11-24T12:30:00Z, false",
    "2026-11-24T13:00:01Z, false",
    "2199-12-31T23:00:00Z, true",
    "1969-12-31T23:00:00Z, false",
    "+1000000000-12-31T23:59:59Z, false",
    "-1000000000-01-01T00:00:00Z, false",
  })
  void aTickIsOnTheScheduleAndAfterItCameInForce(String at, boolean real) {
    assertEquals(real, Ticks.real(List.of(HOURLY), Instant.parse(at)));
  }

  @Test
  void aTickOfAScheduleThatWasReplacedIsStillOne() {
    InForce daily = schedule(FROM.plusSeconds(60), "cron(0 7 * * ? *)");
    Instant at = Instant.parse("2026-11-24T13:00:00Z");

    assertTrue(Ticks.real(List.of(HOURLY, daily), at), "of the one that was");
    assertFalse(Ticks.inForce(List.of(HOURLY, daily), at), "not of the one that is");
    assertTrue(Ticks.inForce(List.of(HOURLY, daily), Instant.parse("2026-11-25T07:00:00Z")));
    assertFalse(Ticks.real(List.of(schedule(FROM, "")), at), "a disabled one has none");
  }

  @Test
  void theNewestTickIsTheLastOfThoseThatOneWouldCount() {
    List<String> expressions =
        List.of(
            "rate(1 minute)",
            "rate(7 hours)",
            "cron(*/5 * * * ? *)",
            "cron(0 3 ? * MON-FRI *)",
            "cron(15 10 L * ? *)",
            "cron(* * 1 1 ? *)",
            "at(2026-12-24T18:00:00)");
    Cases.check(
        80,
        random -> {
          InForce schedule = schedule(FROM, expressions.get(random.nextInt(expressions.size())));
          Instant after = FROM.plusSeconds(random.nextInt(-3_600, 40 * 86_400));
          Instant until = after.plusMillis(random.nextLong(86_400_000L));

          assertEquals(
              counted(schedule, after, until),
              Ticks.newest(schedule, after, until),
              () -> schedule + " after " + after + " until " + until);
        });
  }

  private static Optional<Instant> counted(InForce schedule, Instant after, Instant until) {
    Optional<Instant> newest = Optional.empty();
    Optional<Instant> next = Ticks.next(schedule, after);
    while (next.isPresent() && !next.get().isAfter(until)) {
      newest = next;
      next = Ticks.next(schedule, next.get());
    }
    return newest;
  }

  private static InForce schedule(Instant from, String expression) {
    return new InForce(from, expression, "", 0, from);
  }
}

package dev.holdfast.agent.schedule;

import static dev.holdfast.agent.testing.Samples.association;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.task.RunLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class WatchTest {
  private static final Instant START = Instant.parse("2026-03-02T10:00:00Z");

  private final Watch watch = new Watch(START);

  @Test
  void whatIsHeldFromTheStartIsOnTimeFromTheStart() {
    assertEquals(START, round(START.plusSeconds(0), START));
    assertEquals(START, round(START.plusSeconds(30), START));
  }

  @Test
  void whatComesLaterIsOnTimeFromWhenItCame() {
    watch.round(START, List.of());
    Instant came = START.plusSeconds(20);

    assertEquals(came, round(came, START));
    assertEquals(came, round(came.plusSeconds(30), START));
  }

  @Test
  void anotherEffectiveFromBeginsAnew() {
    round(START, START);
    Instant edited = START.plusSeconds(20);

    assertEquals(edited, round(edited, edited));
  }

  @Test
  void whatWasGoneInBetweenBeginsAnew() {
    round(START, START);
    watch.round(START.plusSeconds(10), List.of());
    Instant back = START.plusSeconds(20);

    assertEquals(back, round(back, START));
  }

  @Test
  void roundsFarApartMeanThatItSlept() {
    round(START, START);
    Instant almost = START.plus(RunLimits.ASLEEP_AFTER).minusMillis(1);
    assertEquals(START, round(almost, START));

    Instant woken = almost.plus(RunLimits.ASLEEP_AFTER);
    assertEquals(woken, round(woken, START));
  }

  @Test
  void aRoundThatSaidThatItWouldComeLateDidNotSleep() {
    round(START, START);
    watch.waits(Duration.ofHours(1));
    Instant hourLater = START.plus(Duration.ofHours(1));
    assertEquals(START, round(hourLater, START));

    watch.waits(RunLimits.ROUND.dividedBy(2));
    Instant late = hourLater.plus(RunLimits.ASLEEP_AFTER);
    assertEquals(late, round(late, START), "a short wait makes it no stricter, and no laxer");
  }

  @Test
  void aClockThatGoesBackMakesNothingMissed() {
    Instant woken = START.plus(Duration.ofHours(5));
    assertEquals(woken, round(woken, START));

    assertEquals(START, round(START, START), "not hours in the future");
    assertEquals(START, round(START.plusSeconds(30), START));
  }

  private Instant round(Instant now, Instant effectiveFrom) {
    Plan plan =
        new Plan(
            association(1),
            SituationSample.BODY,
            effectiveFrom,
            Optional.empty(),
            START,
            Duration.ZERO,
            true,
            false,
            false,
            false,
            false,
            true,
            List.of(),
            Optional.empty());
    Map<?, Instant> onTime = watch.round(now, List.of(plan));
    return Optional.ofNullable(onTime.get(association(1))).orElseThrow();
  }
}

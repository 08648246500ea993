package dev.holdfast.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.testing.Cases;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * Compares the engine with a model that looks at every minute, one after another, and at nothing
 * else.
 */
final class CronModelTest {
  private static final List<String> ZONES =
      List.of(
          "UTC",
          "Europe/Berlin",
          "America/New_York",
          "Australia/Lord_Howe",
          "Africa/Casablanca",
          "Asia/Kathmandu");

  @Test
  void firesAtTheMinutesAtWhichAModelThatLooksAtEachMinuteFires() {
    AtomicLong firings = new AtomicLong();

    Cases.check(
        800,
        random -> {
          ZoneId zone = ZoneId.of(ZONES.get(random.nextInt(ZONES.size())));
          String expression = expression(random);
          CronFields fields =
              ((Schedule.Cron) ScheduleTest.read(expression, zone.getId(), 0)).fields();
          Instant start =
              Instant.parse("2024-01-01T00:00:00Z")
                  .plusSeconds(60L * random.nextLong(60L * 24 * 900));
          Instant end = start.plus(Duration.ofDays(20));

          List<Instant> expected = model(fields, zone, start, end);
          List<Instant> actual = new ArrayList<>();
          Optional<Instant> next = CronInstants.next(fields, zone, start);
          while (next.isPresent() && !next.get().isAfter(end)) {
            actual.add(next.get());
            next = CronInstants.next(fields, zone, next.get());
          }

          assertEquals(expected, actual, expression + " in " + zone + " after " + start);
          firings.addAndGet(actual.size());
        });

    System.out.println("schedules: " + firings + " firings equal to the model's");
    assertTrue(firings.get() >= 100_000, "only " + firings + " firings were compared");
  }

  private static List<Instant> model(CronFields fields, ZoneId zone, Instant start, Instant end) {
    List<Instant> firings = new ArrayList<>();
    Instant minute =
        Instant.ofEpochSecond(Math.floorDiv(start.getEpochSecond(), 60) * 60).plusSeconds(60);
    while (!minute.isAfter(end)) {
      LocalDateTime local = LocalDateTime.ofInstant(minute, zone);
      ZoneOffset offset = zone.getRules().getOffset(minute);
      boolean secondPass =
          zone.getRules().getValidOffsets(local).size() == 2
              && !zone.getRules().getValidOffsets(local).getFirst().equals(offset);
      boolean here = fits(fields, local);
      if (fields.everyHour()) {
        if (here) {
          firings.add(minute);
        }
      } else if ((here && !secondPass) || fitsInGapBefore(fields, zone, minute)) {
        firings.add(minute);
      }
      minute = minute.plusSeconds(60);
    }
    return firings;
  }

  /** Whether a local time that the change of clocks at this instant skipped fits. */
  private static boolean fitsInGapBefore(CronFields fields, ZoneId zone, Instant minute) {
    ZoneOffset before = zone.getRules().getOffset(minute.minusSeconds(1));
    ZoneOffset after = zone.getRules().getOffset(minute);
    int gap = after.getTotalSeconds() - before.getTotalSeconds();
    for (int skipped = 0; skipped < gap; skipped += 60) {
      if (fits(fields, LocalDateTime.ofInstant(minute, before).plusSeconds(skipped))) {
        return true;
      }
    }
    return false;
  }

  private static boolean fits(CronFields fields, LocalDateTime local) {
    return fields.minutes().get(local.getMinute())
        && fields.hours().get(local.getHour())
        && fields.fits(YearMonth.from(local))
        && fields.fits(local.toLocalDate());
  }

  private static String expression(RandomGenerator random) {
    boolean byWeek = random.nextBoolean();
    return "cron("
        + pick(random, "0", "30", "*/15", "5-50/5", "7,37", "*", "55-5")
        + " "
        + pick(random, "*", "*", "0-5", "2", "1-3", "22-2", "*/4", "0,12")
        + " "
        + (byWeek
            ? "?"
            : pick(random, "*", "*", "1", "L", "LW", "15W", "1,15,L", "31W", "25-5", "*/2"))
        + " "
        + pick(random, "*", "*", "*", "MAR-APR", "OCT-MAR", "*/2")
        + " "
        + (byWeek
            ? pick(random, "*", "SUN", "MON-FRI", "FRI-MON", "1#2", "6L", "L", "2,4,6", "SAT#5")
            : "?")
        + " "
        + pick(random, "*", "*", "2024-2030", "2025/2")
        + ")";
  }

  private static String pick(RandomGenerator random, String... choices) {
    return choices[random.nextInt(choices.length)];
  }
}

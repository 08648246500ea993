package dev.holdfast.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.testing.Cases;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * Compares the engine with a model that looks at every minute, one after another, and at nothing
 * else; and over centuries with one that looks at every day.
 */
final class CronModelTest {
  private static final List<String> ZONES =
      new TreeSet<>(ZoneId.getAvailableZoneIds()).stream().toList();

  /** When the last zones gave up offsets of odd seconds. */
  private static final Instant WHOLE_MINUTES = Instant.parse("1973-01-01T00:00:00Z");

  private long firings;
  private long changes;

  @Test
  void firesAtTheMinutesAtWhichAModelThatLooksAtEachMinuteFires() {
    Cases.check(
        3_000,
        random -> {
          RandomCron cron = RandomCron.draw(random, RandomCron.Density.ANY);
          ZoneId zone = ZoneId.of(ZONES.get(random.nextInt(ZONES.size())));
          int offset = random.nextInt(3) == 0 ? random.nextInt(1, 7) : 0;
          Instant start = start(random, zone, offset);
          Instant anchor = start.plus(Duration.ofMinutes(random.nextInt(-12_000, 3_000)));
          Instant end = start.plus(Duration.ofDays(4));

          List<Instant> expected = model(cron, zone, offset, anchor, start, end);
          List<Instant> actual =
              firings(ScheduleTest.read(cron.text(), zone.getId(), offset), start, anchor, end);

          assertEquals(
              expected,
              actual,
              () ->
                  "%s in %s, %d days later, set %s, after %s"
                      .formatted(cron.text(), zone, offset, anchor, start));
          firings += actual.size();
          ZoneOffsetTransition change = zone.getRules().nextTransition(start);
          changes += change != null && change.getInstant().isBefore(end) ? 1 : 0;
        });

    System.out.println(
        "schedules: %d firings equal to the model's, %d of 3000 windows over a change of clocks"
            .formatted(firings, changes));
    if (System.getProperty("cases.seed") == null) {
      assertTrue(firings >= 100_000, "only " + firings + " firings were compared");
      assertTrue(changes >= 800, "only " + changes + " windows were over a change of clocks");
    }
  }

  @Test
  void firesOnTheDaysOfCenturiesOnWhichAModelThatLooksAtEachDayFires() {
    Cases.check(
        60,
        random -> {
          RandomCron cron = RandomCron.draw(random, RandomCron.Density.SPARSE);
          int minute = cron.minutes().iterator().next();
          int hour = cron.hours().iterator().next();

          List<Instant> expected = new ArrayList<>();
          for (LocalDate date = LocalDate.of(1969, 1, 1);
              date.getYear() <= 2201;
              date = date.plusDays(1)) {
            if (cron.fits(date)) {
              expected.add(date.atTime(hour, minute).toInstant(ZoneOffset.UTC));
            }
          }

          assertEquals(
              expected,
              firings(
                  ScheduleTest.read(cron.text(), "UTC", 0), Instant.MIN, Instant.MIN, Instant.MAX),
              cron::text);
          firings += expected.size();
        });

    System.out.println("schedules: " + firings + " days of centuries equal to the model's");
  }

  private static Instant start(RandomGenerator random, ZoneId zone, int offset) {
    Instant any =
        WHOLE_MINUTES.plusSeconds(random.nextLong(Duration.ofDays(365 * 120L).toSeconds()));
    if (random.nextInt(4) == 0) {
      return any;
    }
    ZoneOffsetTransition change =
        zone.getRules()
            .nextTransition(
                WHOLE_MINUTES.plusSeconds(random.nextLong(Duration.ofDays(365 * 60L).toSeconds())));
    // The base may lie over the change too.
    int daysBefore = random.nextInt(-offset, 4);
    return change == null
        ? any
        : change.getInstant().minusSeconds(daysBefore * 86_400L + random.nextLong(86_400));
  }

  private static List<Instant> firings(
      Schedule schedule, Instant after, Instant anchor, Instant end) {
    List<Instant> instants = new ArrayList<>();
    Optional<Instant> next = schedule.next(after, anchor);
    while (next.isPresent() && !next.get().isAfter(end)) {
      instants.add(next.get());
      next = schedule.next(next.get(), anchor);
    }
    return instants;
  }

  private static List<Instant> model(
      RandomCron cron, ZoneId zone, int offset, Instant anchor, Instant start, Instant end) {
    LocalDateTime set = LocalDateTime.ofInstant(anchor, zone);
    List<Instant> firings = new ArrayList<>();
    Instant minute =
        Instant.ofEpochSecond(Math.floorDiv(start.getEpochSecond(), 60) * 60).plusSeconds(60);
    while (!minute.isAfter(end)) {
      LocalDateTime local = LocalDateTime.ofInstant(minute, zone);
      ZoneOffset clock = zone.getRules().getOffset(minute);
      boolean secondPass =
          zone.getRules().getValidOffsets(local).size() == 2
              && !zone.getRules().getValidOffsets(local).getFirst().equals(clock);
      boolean here = fits(cron, local, offset, set);
      if (cron.everyHour()) {
        if (here) {
          firings.add(minute);
        }
      } else if ((here && !secondPass) || fitsInGapBefore(cron, zone, minute, offset, set)) {
        firings.add(minute);
      }
      minute = minute.plusSeconds(60);
    }
    return firings;
  }

  /** Whether a local time that the change of clocks at this instant skipped fits. */
  private static boolean fitsInGapBefore(
      RandomCron cron, ZoneId zone, Instant minute, int offset, LocalDateTime set) {
    ZoneOffset before = zone.getRules().getOffset(minute.minusSeconds(1));
    ZoneOffset after = zone.getRules().getOffset(minute);
    int gap = after.getTotalSeconds() - before.getTotalSeconds();
    for (int skipped = 0; skipped < gap; skipped += 60) {
      if (fits(cron, LocalDateTime.ofInstant(minute, before).plusSeconds(skipped), offset, set)) {
        return true;
      }
    }
    return false;
  }

  private static boolean fits(RandomCron cron, LocalDateTime local, int offset, LocalDateTime set) {
    LocalDateTime base = local.minusDays(offset);
    return cron.fits(base) && (offset == 0 || base.isAfter(set));
  }
}

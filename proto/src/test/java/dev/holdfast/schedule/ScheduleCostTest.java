package dev.holdfast.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the next firing costs, however seldom an expression fires and however far away it is. */
final class ScheduleCostTest {
  /** Processor time of one question, in microseconds, on a slow machine. */
  private static final long MOST = 2_000;

  @Test
  void theNextFiringIsCheapHoweverFarAwayItIs() {
    Instant now = Instant.parse("2026-11-24T00:00:00Z");
    List<String> expressions =
        List.of(
            // A 29 February that is a Monday: each 28 years, and not around 2100.
            "cron(0 0 ? 2 MON#5 *)",
            "cron(0 0 29 2 ? 2096-2199)",
            // Never, at the end of a search through all years.
            "cron(0 0 30 2 ? *)",
            "cron(0 0 31 2,4,6,9,11 ? *)",
            "cron(0 0 30W,31W 2 ? *)",
            "cron(0 * 30 2 ? *)",
            // Only in the last year, past some hundred changes of clocks.
            "cron(59 23 31 12 ? 2199)",
            "cron(59 * 31 12 ? 2199)",
            // Often, so that the days of an offset hold thousands of them.
            "cron(* * * * ? *)",
            "cron(* 0-23 * * ? *)",
            "rate(1 minute)",
            "at(2199-12-31T23:59:59)");
    StringBuilder figures = new StringBuilder();
    List<String> dear = new ArrayList<>();

    for (String expression : expressions) {
      for (String zone : List.of("UTC", "Africa/Casablanca")) {
        int offset = expression.startsWith("cron") ? 6 : 0;
        for (int days : offset == 0 ? List.of(0) : List.of(0, offset)) {
          Schedule schedule = ScheduleTest.read(expression, zone, days);
          cost(schedule, now);
          long micros = cost(schedule, now);
          figures.append("%s in %s + %d: %d us%n".formatted(expression, zone, days, micros));
          if (micros > MOST) {
            dear.add(expression + " in " + zone + " + " + days + ": " + micros + " us");
          }
        }
      }
    }

    System.out.print("schedules, next firing: " + figures);
    assertEquals(List.of(), dear);
  }

  @Test
  void anyMomentMayBeAskedAbout() {
    for (String expression : List.of("cron(0 * * * ? *)", "cron(0 3 * * ? *)", "rate(7 days)")) {
      Schedule schedule = ScheduleTest.read(expression, "Europe/Berlin", 0);
      for (Instant anchor : List.of(Instant.MIN, Instant.EPOCH, Instant.MAX)) {
        schedule.next(Instant.MIN, anchor);
        assertEquals(Optional.empty(), schedule.next(Instant.MAX, anchor), expression);
      }
    }
    Schedule later = ScheduleTest.read("cron(0 3 * * ? *)", "Europe/Berlin", 6);
    assertEquals(Optional.empty(), later.next(Instant.EPOCH, Instant.MAX));
    assertEquals(
        Optional.of(Instant.parse("1970-01-07T02:00:00Z")), later.next(Instant.MIN, Instant.MIN));
  }

  /** The cheapest of some, in microseconds of this thread. */
  private static long cost(Schedule schedule, Instant now) {
    ThreadMXBean processor = ManagementFactory.getThreadMXBean();
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 20; i++) {
      long start = processor.getCurrentThreadCpuTime();
      schedule.next(now, now.minusSeconds(86_400L * 30));
      best = Math.min(best, processor.getCurrentThreadCpuTime() - start);
    }
    return best / 1_000;
  }
}

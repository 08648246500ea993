package dev.holdfast.agent;

import static dev.holdfast.agent.testing.Samples.assignment;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.run.RunRequest;
import dev.holdfast.agent.testing.Samples;
import dev.holdfast.association.Trigger;
import dev.holdfast.schedule.Schedule;
import dev.holdfast.schedule.ScheduleReader;
import dev.holdfast.testing.Cases;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** An agent on a host whose wall clock goes where it likes. */
final class AgentClockTest {
  private static final List<Samples> ALL =
      List.of(
          assignment(1).every("cron(0 * * * ? *)"),
          assignment(2).every("rate(30 minutes)"),
          assignment(3).every("cron(0 6 * * ? *)"));

  @Test
  void whateverTheClockDoesNothingRunsTwiceOneRunCatchesUpAndTheScheduleGoesOn() {
    Cases.check(40, AgentClockTest::life);
  }

  private static void life(RandomGenerator random) {
    Host host = new Host("2026-03-02T09:30:00Z");
    host.endsAtOnce = true;
    host.start().push(host.set(5, ALL, Instant.parse("2025-01-01T00:00:00Z")));
    Instant trueTime = host.now();
    for (int step = 0; step < 8; step++) {
      Duration passes = Duration.ofMinutes(random.nextInt(150));
      host.advance(passes);
      trueTime = trueTime.plus(passes);
      Instant before = host.now();
      int started = host.started.size();
      Duration by =
          switch (random.nextInt(8)) {
            case 0 -> Duration.ofHours(1);
            case 1 -> Duration.ofDays(30);
            case 2 -> Duration.between(before, Instant.parse("2038-01-19T03:14:00Z"));
            case 3 -> Duration.ofHours(-1);
            case 4 -> Duration.ofDays(-30);
            case 5 -> Duration.between(before, trueTime);
            case 6 -> Duration.ofHours(random.nextInt(40) - 20L);
            default -> Duration.ZERO;
          };
      if (random.nextInt(4) == 0) {
        host.restartAfter(by);
      } else {
        host.stepClock(by);
      }
      host.advance(Duration.ofMinutes(1));
      trueTime = trueTime.plus(Duration.ofMinutes(1));
      List<RunRequest> since = host.started.subList(started, host.started.size());
      for (Samples one : ALL) {
        long caughtUp =
            since.stream()
                .filter(run -> run.assignment().association().equals(one.association()))
                .filter(RunRequest::caughtUp)
                .count();
        assertTrue(caughtUp <= 1, "more than one run catches up after " + by);
      }
    }
    Set<String> runs = new HashSet<>();
    host.started.forEach(run -> assertTrue(runs.add(run.runId()), "twice: " + run.trigger()));

    // A clock that was up to a day ahead is waited for; then all goes on as if nothing had been.
    host.advance(Duration.ofHours(25));
    Instant now = host.now();
    host.advance(Duration.ofHours(24));
    Set<String> triggers = new HashSet<>();
    host.started.forEach(
        run -> triggers.add(run.assignment().association() + " " + run.trigger().text()));
    for (Samples one : ALL) {
      List<Instant> ticks = ticks(one, now, now.plus(Duration.ofHours(24)));
      // A rate has no ticks before it was set: there it counts from when the host came to know it.
      if (one.number() == 2 && now.isBefore(Samples.ANCHOR)) {
        assertTrue(triggersOf(host, one, now) >= 47, "a rate ran too seldom");
        continue;
      }
      assertTrue(!ticks.isEmpty(), "a day has ticks");
      for (Instant tick : ticks) {
        // One that ran when the clock was ahead does not run again.
        String trigger = one.association() + " " + new Trigger.Tick(tick).text();
        assertTrue(triggers.contains(trigger), () -> "never ran: " + trigger + " from " + now);
      }
    }
  }

  private static long triggersOf(Host host, Samples one, Instant from) {
    return host.started.stream()
        .filter(run -> run.assignment().association().equals(one.association()))
        .filter(
            run ->
                run.trigger() instanceof Trigger.Tick(Instant at)
                    && at.isAfter(from)
                    && !at.isAfter(from.plus(Duration.ofHours(25))))
        .count();
  }

  @Test
  void setBackByADayOrLessWhatRecursGoesOnRecurringAndTheClockIsEvenAgainInTheEnd() {
    Cases.check(
        8,
        random -> {
          Host host = new Host("2026-03-02T09:30:00Z");
          host.endsAtOnce = true;
          host.start().push(host.set(5, ALL.subList(0, 2))).advance(Duration.ofHours(2));
          Duration lead = Duration.ZERO;
          for (int step = 0; step < 6; step++) {
            Duration by = Duration.ofMinutes(random.nextInt(2 * 24 * 60) - 24 * 60);
            if (lead.minus(by).compareTo(Duration.ofHours(24)) > 0) {
              by = lead.minusHours(23);
            }
            lead = lead.minus(by);
            lead = lead.isNegative() ? Duration.ZERO : lead;
            boolean restart = random.nextInt(4) == 0;
            Instant at = host.now();
            if (restart) {
              host.restartAfter(by);
            } else {
              host.stepClock(by);
            }
            recurs(host, by + " at " + at, restart ? 2 : 1);
          }
          // It loses an eighth of the time.
          host.advance(Duration.ofDays(8));
          int before = host.started.size();
          Instant from = host.now();
          host.advance(Duration.ofHours(4));
          Set<String> ran = new HashSet<>();
          host.started.stream().skip(before).forEach(run -> ran.add(run.trigger().text()));
          for (Samples one : ALL.subList(0, 2)) {
            for (Instant tick : ticks(one, from, host.now())) {
              assertTrue(
                  ran.contains(new Trigger.Tick(tick).text()),
                  () -> tick + " is past, it ran " + ran);
            }
          }
        });
  }

  /** In the next hours each goes on as often as it recurs, but for what is lost on purpose. */
  private static void recurs(Host host, String after, int periods) {
    int minutes = 0;
    long[] last = new long[2];
    int seen = host.started.size();
    while (minutes < 6 * 60) {
      host.advance(Duration.ofMinutes(1));
      minutes++;
      for (RunRequest run : host.started.subList(seen, host.started.size())) {
        last[run.assignment().association().equals(ALL.get(0).association()) ? 0 : 1] = minutes;
      }
      seen = host.started.size();
      for (int i = 0; i < 2; i++) {
        long period = i == 0 ? 60 : 30;
        long allowed = periods * period * 8 / 7 + 2;
        long gap = minutes - last[i];
        int which = i;
        assertTrue(
            gap <= allowed, () -> ALL.get(which).schedule() + " rests " + gap + ": " + after);
      }
    }
  }

  private static List<Instant> ticks(Samples one, Instant from, Instant until) {
    Schedule schedule =
        ScheduleReader.read(one.schedule(), ZoneOffset.UTC, 0).schedule().orElseThrow();
    List<Instant> ticks = new ArrayList<>();
    Optional<Instant> tick = schedule.next(from, Samples.ANCHOR);
    while (tick.isPresent() && !tick.get().isAfter(until)) {
      ticks.add(tick.get());
      tick = schedule.next(tick.get(), Samples.ANCHOR);
    }
    return ticks;
  }
}

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
      // A rate has no ticks before it was set.
      boolean begun = one.number() != 2 || now.isAfter(Samples.ANCHOR);
      assertTrue(!ticks.isEmpty() || !begun, "a day has ticks");
      for (Instant tick : ticks) {
        // One that ran when the clock was ahead does not run again.
        String trigger = one.association() + " " + new Trigger.Tick(tick).text();
        assertTrue(triggers.contains(trigger), () -> "never ran: " + trigger + " from " + now);
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

package dev.holdfast.agent.schedule;

import static dev.holdfast.agent.testing.Samples.association;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.assignment.Ended;
import dev.holdfast.agent.assignment.Ledger;
import dev.holdfast.agent.assignment.Opened;
import dev.holdfast.agent.schedule.Situation.Running;
import dev.holdfast.agent.testing.MemoryDisk;
import dev.holdfast.assignment.Freeze;
import dev.holdfast.assignment.PendingTrigger;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.Trigger;
import dev.holdfast.calendar.CalendarState;
import dev.holdfast.calendar.ChangeCalendar;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.RunLimits;
import dev.holdfast.testing.Cases;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** What must hold however time passes, with the real ledger between one decision and the next. */
final class AgendaPropertyTest {
  private static final Instant START = Instant.parse("2026-03-02T00:00:30Z");
  private static final List<String> SCHEDULES =
      List.of("rate(1 minute)", "rate(7 minutes)", "cron(0/5 * * * ? *)", "cron(30 * * * ? *)", "");

  private static final String EVERY_HOUR =
      "RRULE:FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23";

  private static final List<ChangeCalendar> CALENDARS =
      List.of(
          SituationSample.rules(
              "X-CALENDAR-TYPE:DEFAULT_OPEN",
              "BEGIN:VEVENT",
              "UID:1",
              "DTSTART:20260301T000500Z",
              "DTEND:20260301T001500Z",
              EVERY_HOUR,
              "END:VEVENT"),
          SituationSample.rules(
              "X-CALENDAR-TYPE:DEFAULT_CLOSED",
              "BEGIN:VEVENT",
              "UID:1",
              "DTSTART:20260301T002000Z",
              "DTEND:20260301T005000Z",
              EVERY_HOUR,
              "END:VEVENT"));

  @Test
  void neverTwoRunsOfAnAssociationNeverATriggerTwiceNeverMoreThanTheHostBears() {
    Cases.check(
        60,
        random -> {
          World world = new World(random);
          for (int i = 0; i < 150; i++) {
            world.disturb();
            world.step();
          }
        });
  }

  @Test
  void everyDueTickIsStartedSkippedOrMadeUpForExactlyOnce() {
    Cases.check(
        60,
        random -> {
          World world = new World(random);
          for (int i = 0; i < 150; i++) {
            world.passTime();
            world.step();
          }
          world.finish();

          for (Plan plan : world.plans) {
            int due = 0;
            Instant until = world.now.minus(plan.splay());
            Optional<Instant> tick = plan.tickAfter(plan.effectiveFrom());
            while (tick.isPresent() && !tick.get().isAfter(until)) {
              due++;
              tick = plan.tickAfter(tick.get());
            }
            assertEquals(due, world.accounted.getOrDefault(plan.association(), 0), plan::toString);
          }
        });
  }

  @Test
  void theOrderOfWhatItIsGivenDoesNotMatter() {
    Cases.check(
        40,
        random -> {
          World world = new World(random);
          for (int i = 0; i < 60; i++) {
            world.disturb();
            Situation one = world.situation();
            Situation other = shuffled(one, new Random(i));
            assertEquals(Agenda.decide(one), Agenda.decide(other));
            world.step();
          }
        });
  }

  @Test
  void itIsNeverWokenForThePastAndDoesNothingBeforeItIsWoken() {
    Cases.check(
        40,
        random -> {
          World world = new World(random);
          for (int i = 0; i < 60; i++) {
            world.disturb();
            world.step();
            Decision again = Agenda.decide(world.situation());
            assertEquals(List.of(), again.actions(), "all was done at once");
            Instant wake = again.wake().orElse(world.now.plusSeconds(60));
            assertTrue(wake.isAfter(world.now));
            for (int round = 0; round < 50 && world.now.isBefore(wake.minusMillis(1)); round++) {
              Instant next = world.now.plus(RunLimits.ROUND);
              world.now = next.isBefore(wake) ? next : wake.minusMillis(1);
              assertEquals(List.of(), Agenda.decide(world.situation()).actions());
            }
          }
        });
  }

  private static Situation shuffled(Situation s, Random random) {
    List<Plan> plans = new ArrayList<>(s.plans());
    List<PendingTrigger> pending = new ArrayList<>(s.pending());
    List<Running> running = new ArrayList<>(s.running());
    Collections.shuffle(plans, random);
    Collections.shuffle(pending, random);
    Collections.shuffle(running, random);
    return new Situation(
        s.now(),
        s.civil(),
        plans,
        s.past(),
        pending,
        s.cancelled(),
        running,
        s.onTimeFrom(),
        s.freeze(),
        s.queue(),
        s.permits(),
        s.host());
  }

  /** A host on which time passes, with outages, slow runs, and everything that a set can bring. */
  private static final class World {
    private final RandomGenerator random;
    private final List<Plan> plans = new ArrayList<>();
    private final Ledger ledger = new Ledger(new MemoryDisk());
    private final Map<AssociationId, Trigger> running = new TreeMap<>();
    private final Set<String> ending = new HashSet<>();
    private final List<PendingTrigger> pending = new ArrayList<>();
    private final Set<String> cancelled = new HashSet<>();
    private final Set<String> started = new HashSet<>();
    private final Map<AssociationId, Integer> accounted = new HashMap<>();
    private Watch watch = new Watch(START);
    private Instant now = START;
    private List<AssociationId> queue = List.of();
    private Optional<Freeze> freeze = Optional.empty();
    private long position;

    World(RandomGenerator random) {
      this.random = random;
      ledger.load(now);
      for (int i = 0; i < 1 + random.nextInt(5); i++) {
        String expression = SCHEDULES.get(random.nextInt(SCHEDULES.size()));
        plans.add(
            new Plan(
                association(i),
                SituationSample.BODY,
                START.minusSeconds(random.nextInt(600)),
                expression.isEmpty()
                    ? Optional.empty()
                    : Optional.of(SituationSample.schedule(expression, 0)),
                START.minusSeconds(600),
                Duration.ofSeconds(random.nextBoolean() ? 0 : random.nextInt(59)),
                true,
                random.nextInt(5) == 0,
                random.nextBoolean(),
                false,
                false,
                random.nextInt(4) > 0,
                random.nextInt(3) > 0
                    ? List.of()
                    : List.of(new Plan.Calendar("c", CALENDARS.get(random.nextInt(2)))),
                Optional.empty()));
      }
    }

    void passTime() {
      switch (random.nextInt(12)) {
        case 0 -> now = now.plusSeconds(random.nextInt(40_000));
        case 1 -> {
          // A restart: what waited for a slot in memory is forgotten.
          now = now.plusSeconds(random.nextInt(2_000));
          watch = new Watch(now);
          queue = List.of();
        }
        default -> now = now.plusSeconds(random.nextInt(60));
      }
      for (AssociationId association : List.copyOf(running.keySet())) {
        if (random.nextInt(3) == 0) {
          end(association, RunStatus.SUCCESS);
        }
      }
    }

    void disturb() {
      passTime();
      AssociationId association = association(random.nextInt(5));
      switch (random.nextInt(9)) {
        case 7 ->
            freeze =
                random.nextBoolean()
                    ? Optional.empty()
                    : Optional.of(
                        new Freeze(
                            now, Optional.of(now.plusSeconds(random.nextInt(9_000))), "r", "w"));
        case 0 -> arrive(association, new Trigger.Change(1, ++position));
        case 1 -> arrive(association, new Trigger.Enter(1, ++position));
        case 2 -> arrive(association, new Trigger.Manual("" + random.nextInt(20)));
        case 3 ->
            running.forEach((id, trigger) -> cancelled.add(Identity.executionId(id, trigger)));
        case 4 ->
            pending.forEach(p -> cancelled.add(Identity.executionId(p.association(), p.trigger())));
        case 5 -> now = now.minusSeconds(random.nextInt(200_000));
        case 6 -> {
          if (running.containsKey(association)) {
            end(association, RunStatus.INTERRUPTED);
          }
        }
        default -> pending.removeIf(_ -> random.nextBoolean());
      }
    }

    private void arrive(AssociationId association, Trigger trigger) {
      pending.add(
          new PendingTrigger(
              association,
              trigger,
              "test",
              now.plusSeconds(random.nextInt(100_000)),
              SituationSample.BODY,
              false,
              Optional.empty()));
    }

    private void end(AssociationId association, RunStatus status) {
      Trigger trigger = Optional.ofNullable(running.remove(association)).orElseThrow();
      ending.remove(Identity.executionId(association, trigger));
      Opened opened = ledger.open(association, trigger).orElseThrow();
      ledger.close(
          association,
          trigger,
          Optional.of(new Ended(trigger, status, now)),
          status == RunStatus.INTERRUPTED
              ? Optional.of(
                  new Past.Again(
                      trigger,
                      opened.attempt() + 1,
                      opened.caughtUp(),
                      opened.missedTicks(),
                      opened.at()))
              : Optional.empty());
    }

    Situation situation() {
      Map<AssociationId, Past> past = new HashMap<>();
      plans.forEach(plan -> past.put(plan.association(), ledger.past(plan.association())));
      List<Running> inProgress = new ArrayList<>();
      running.forEach(
          (association, trigger) ->
              inProgress.add(
                  new Running(
                      association,
                      Optional.of(trigger),
                      plan(association).takesSlot(),
                      ending.contains(Identity.executionId(association, trigger)))));
      return new Situation(
          now,
          now,
          plans,
          past,
          pending,
          cancelled,
          inProgress,
          watch.round(now, plans),
          freeze,
          queue,
          Permits.NONE,
          HostSay.NOTHING);
    }

    void step() {
      Decision decision = Agenda.decide(situation());
      queue = decision.slotQueue();
      decision.actions().forEach(this::perform);
      long slots = running.keySet().stream().filter(id -> plan(id).takesSlot()).count();
      assertTrue(slots <= RunLimits.RUNS_AT_ONCE, () -> slots + " at once");
    }

    /** No new ticks in between: everything that waits gets its turn. */
    void finish() {
      step();
      freeze = Optional.empty();
      plans.replaceAll(World::alwaysOpen);
      for (int i = 0; i < 200; i++) {
        step();
        now = now.plusMillis(300);
        List.copyOf(running.keySet()).forEach(id -> end(id, RunStatus.SUCCESS));
      }
      step();
    }

    private static Plan alwaysOpen(Plan p) {
      return new Plan(
          p.association(),
          p.assignment(),
          p.effectiveFrom(),
          p.schedule(),
          p.anchor(),
          p.splay(),
          p.enabled(),
          p.onlyTicks(),
          p.rerun(),
          p.needsPermit(),
          p.runOffline(),
          p.takesSlot(),
          List.of(),
          Optional.empty());
    }

    private void perform(Action action) {
      AssociationId association = action.association();
      switch (action) {
        case Action.Supersede _, Action.Forbid _ ->
            throw new AssertionError("nothing was said to be: " + action);
        case Action.Start start -> {
          assertTrue(mayStart(start), () -> start + " while it may not");
          assertFalse(running.containsKey(association), "two runs at once");
          String run = association + " " + start.trigger().text() + " " + start.attempt();
          assertTrue(started.add(run), () -> run + " twice");
          assertEquals(
              start.attempt() > 1,
              !started.add(association + " " + start.trigger().text()),
              "attempt 1 is the first start of a trigger, and no other is");
          assertFalse(
              cancelled.contains(Identity.executionId(association, start.trigger())), "cancelled");
          open(start.trigger(), association, start.attempt(), start.handledThrough());
          running.put(association, start.trigger());
          if (start.trigger() instanceof Trigger.Tick && start.attempt() == 1) {
            accounted.merge(association, start.caughtUp() ? start.missedTicks() : 1, Integer::sum);
          }
        }
        case Action.Skip skip -> {
          Trigger tick = new Trigger.Tick(skip.tick());
          String text = association + " " + tick.text();
          assertTrue(started.add(text), () -> text + " was started and is now skipped");
          open(tick, association, 0, skip.handledThrough());
          ledger.close(association, tick, Optional.empty(), Optional.empty());
          accounted.merge(association, skip.ticks(), Integer::sum);
        }
        case Action.Miss(var _, Past.CatchUp catchUp) -> ledger.miss(association, catchUp);
        case Action.Defer(var _, Past.Delay delay) -> ledger.defer(association, delay);
        case Action.Handled(var _, Instant through) -> ledger.handled(association, through);
        case Action.Rebase(var _, Instant to) -> ledger.rebase(association, to);
        case Action.Cancel(var _, Trigger trigger) -> {
          assertEquals(trigger, running.get(association));
          assertTrue(ending.add(Identity.executionId(association, trigger)), "ended twice");
        }
      }
    }

    /** Nothing but manual starts gets through a closed calendar or a freeze. */
    private boolean mayStart(Action.Start start) {
      boolean shut =
          plan(start.association()).calendars().stream()
                  .anyMatch(calendar -> calendar.rules().state(now) == CalendarState.CLOSED)
              || freeze.filter(found -> found.covers(now)).isPresent();
      return !shut || start.trigger() instanceof Trigger.Manual;
    }

    private void open(
        Trigger trigger, AssociationId association, int attempt, Optional<Instant> handled) {
      ledger.open(
          new Opened(
              association,
              trigger,
              attempt,
              ledger.nextNumber(association),
              now,
              SituationSample.BODY,
              1,
              1,
              false,
              0,
              true,
              Optional.empty()),
          handled);
    }

    private Plan plan(AssociationId association) {
      return plans.stream()
          .filter(plan -> plan.association().equals(association))
          .findAny()
          .orElseThrow();
    }
  }
}

package dev.holdfast.agent.schedule;

import dev.holdfast.agent.schedule.Situation.Running;
import dev.holdfast.assignment.PendingTrigger;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.Trigger;
import dev.holdfast.task.RunLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides what to start, skip and end now, and when to look again. A pure function; its rules are
 * the headings of its tests. For each association at most one trigger is a candidate, the first of
 * these that is ready:
 *
 * <ol>
 *   <li>the newest pending {@code change:} or {@code enter:}. While one can start, ticks neither
 *       start nor are made up for: its start handles them all.
 *   <li>the newest tick that came on time. Older ones that have not started are superseded.
 *   <li>the newest missed tick, which makes up for all of them.
 *   <li>another attempt at a run whose end nobody saw. A newer run makes it needless.
 *   <li>a pending {@code manual:}. It comes last since it can wait, and a tick could not.
 * </ol>
 *
 * <p>While the gate is shut (see {@link Gate}) nothing but manual starts gets through: a tick that
 * falls into it is skipped, as is one whose turn comes then; everything else waits until it opens.
 * A freeze, the coordinator's or the host's, lets all manual starts through, a closed calendar
 * those that ignore calendars; what is parked starts by nobody's hand.
 *
 * <p>Candidates of different associations share {@link RunLimits#RUNS_AT_ONCE} slots, first come
 * first served. Whoever needs a permit asks for one when it could start at once; it takes no slot
 * before it has one, and gives back one for which there is no slot.
 */
public final class Agenda {
  private final Situation situation;
  private final Instant now;
  private final Instant civil;
  private final Map<AssociationId, Running> running = new HashMap<>();
  private final List<Action> actions = new ArrayList<>();
  private final List<Candidate> candidates = new ArrayList<>();
  private final List<Waiting> waiting = new ArrayList<>();
  private final Map<AssociationId, Instant> nextRuns = new HashMap<>();
  private Optional<Instant> wake = Optional.empty();

  private Agenda(Situation situation) {
    this.situation = situation;
    this.now = situation.now();
    this.civil = situation.civil();
  }

  /** Decides. The order of plans, pending triggers and runs in the situation has no effect. */
  public static Decision decide(Situation situation) {
    return new Agenda(situation).decide();
  }

  private Decision decide() {
    for (Running run : situation.running()) {
      running.put(run.association(), run);
      run.endBy().ifPresent(this::wakeAtCivil);
      boolean over = run.endBy().filter(end -> !civil.isBefore(end)).isPresent();
      run.trigger()
          .filter(trigger -> !run.ending() && (over || cancelled(run.association(), trigger)))
          .ifPresent(trigger -> actions.add(new Action.Cancel(run.association(), trigger)));
    }
    actions.sort(Comparator.comparing(Action::association));
    List<Plan> plans =
        situation.plans().stream().sorted(Comparator.comparing(Plan::association)).toList();
    plans.forEach(this::consider);
    plans.forEach(this::tellParked);
    List<Waiting> queue = fillSlots();
    queue.addAll(waiting);
    return new Decision(actions, wake, queue, nextRuns);
  }

  private void consider(Plan given) {
    Instant onTimeFrom = situation.onTimeFrom().getOrDefault(given.association(), now);
    Plan plan = given.where(now, onTimeFrom);
    Past past = rebase(plan, situation.past().getOrDefault(plan.association(), Past.NONE));
    boolean busy = running.containsKey(plan.association());
    Optional<PendingTrigger> standing =
        standing(plan, past).filter(pending -> !forbids(plan, pending));
    Gate gate = new Gate(plan, situation.freeze(), situation.host());
    Optional<Shut> shut = gate.at(civil);
    DueTicks due =
        standing.isPresent() && !busy && shut.isEmpty()
            ? DueTicks.none(plan, now)
            : DueTicks.find(
                plan, past, gate, now, onTimeFrom, tick -> barred(plan.association(), tick));
    due.next().map(tick -> tick.plus(plan.splay())).ifPresent(this::wakeAt);
    gate.firstOpen(plan, due.next())
        .map(tick -> tick.plus(plan.splay()))
        .ifPresent(start -> expect(plan, start));
    // When it expires, the ticks that it held back are due.
    standing.ifPresent(pending -> wakeAtCivil(pending.notAfter().plusNanos(1)));

    if (busy) {
      if (due.count() > 0) {
        actions.add(
            new Action.Skip(
                plan.association(), due.newest(), Action.Reason.STILL_RUNNING, due.count()));
      }
      actions.addAll(TickOutcome.shutOut(plan, due));
      standing
          .map(PendingTrigger::trigger)
          .or(() -> again(plan, past).map(Past.Again::trigger))
          .or(() -> manual(plan, past).map(PendingTrigger::trigger))
          .ifPresent(trigger -> waits(plan, trigger, Waiting.Reason.OWN_RUN));
      return;
    }
    Optional<Candidate> first =
        standing.isPresent() && shut.isEmpty()
            ? change(plan, past, standing.get())
            : tick(plan, past, due, gate, standing.map(PendingTrigger::trigger));
    first
        .or(() -> again(plan, past).flatMap(again -> repeat(plan, again, shut)))
        .or(() -> manual(plan, past).flatMap(manual -> byHand(plan, manual, gate)))
        .ifPresent(candidates::add);
  }

  /** What is parked is told, whether something of it is due or not. */
  private void tellParked(Plan plan) {
    HostSay.Parked parked = situation.host().parked().get(plan.association());
    if (parked != null
        && waiting.stream().noneMatch(other -> other.association().equals(plan.association()))) {
      waits(plan, parked.trigger(), Waiting.Reason.PARKED);
    }
  }

  /** Something waits until the gate opens; of an association the first is shown. */
  private Optional<Candidate> hold(Plan plan, Trigger trigger, Shut shut) {
    shut.until().ifPresent(this::wakeAtCivil);
    if (waiting.stream().noneMatch(other -> other.association().equals(plan.association()))) {
      waits(plan, trigger, shut.waits());
    }
    return Optional.empty();
  }

  private Past rebase(Plan plan, Past past) {
    if (past.handledThrough().filter(h -> h.isAfter(now.plus(RunLimits.CLOCK_BACK))).isEmpty()) {
      return past;
    }
    actions.add(new Action.Rebase(plan.association(), now));
    return past.rebasedTo(now);
  }

  /** The pending change or entry that would start if nothing else were in its way. */
  private Optional<PendingTrigger> standing(Plan plan, Past past) {
    if (!plan.enabled() || plan.onlyTicks()) {
      return Optional.empty();
    }
    return situation.pending().stream()
        .filter(pending -> pending.association().equals(plan.association()))
        .filter(pending -> Place.of(pending.trigger()).isPresent())
        .max(Comparator.comparing(pending -> Place.of(pending.trigger()).orElseThrow()))
        .filter(pending -> startable(plan, past, pending))
        .filter(pending -> past.isNewest(pending.trigger()));
  }

  private Optional<PendingTrigger> manual(Plan plan, Past past) {
    return situation.pending().stream()
        .filter(pending -> pending.trigger() instanceof Trigger.Manual)
        .filter(pending -> startable(plan, past, pending))
        .min(
            Comparator.comparing((PendingTrigger pending) -> !pending.ignoreCalendars())
                .thenComparing(PendingTrigger::notAfter)
                .thenComparing(pending -> pending.trigger().text()));
  }

  private Optional<Candidate> byHand(Plan plan, PendingTrigger manual, Gate gate) {
    Optional<Shut> shut = gate.byHand(civil, manual.ignoreCalendars());
    return shut.isPresent()
        ? hold(plan, manual.trigger(), shut.get())
        : Optional.of(
            new Candidate(
                plan, manual.trigger(), 1, false, 0, Optional.empty(), now, manual.endBy()));
  }

  private boolean startable(Plan plan, Past past, PendingTrigger pending) {
    return pending.association().equals(plan.association())
        && pending.assignment().equals(plan.assignment())
        && !civil.isAfter(pending.notAfter())
        && pending.endBy().filter(end -> !civil.isBefore(end)).isEmpty()
        && !past.knows(pending.trigger())
        && !barred(plan.association(), pending.trigger());
  }

  private Optional<Candidate> change(Plan plan, Past past, PendingTrigger pending) {
    Trigger trigger = pending.trigger();
    Instant notBefore = now;
    if (trigger instanceof Trigger.Change && !plan.splay().isZero()) {
      Optional<Past.Delay> known = past.delay().filter(d -> d.trigger().equals(trigger));
      notBefore = known.map(Past.Delay::notBefore).orElse(now.plus(plan.splay()));
      if (known.isEmpty()) {
        actions.add(new Action.Defer(plan.association(), new Past.Delay(trigger, notBefore)));
      }
    }
    return ready(plan, trigger, notBefore)
        ? Optional.of(
            new Candidate(plan, trigger, 1, false, 0, Optional.of(now), notBefore, pending.endBy()))
        : Optional.empty();
  }

  /**
   * The tick that may start, or the run that makes up for those that were missed.
   *
   * @param standing a change or an enter that waits until the gate opens, and then handles them all
   */
  private Optional<Candidate> tick(
      Plan plan, Past past, DueTicks due, Gate gate, Optional<Trigger> standing) {
    Optional<Shut> shut = gate.at(civil);
    TickOutcome ticks =
        TickOutcome.of(
            plan,
            due,
            past.catchUp().filter(known -> worthwhile(plan, past, known)),
            shut,
            situation.permits().waitsForLink(plan),
            now);
    actions.addAll(ticks.actions());
    Optional<Trigger> held =
        standing.or(() -> ticks.waits().map(waits -> new Trigger.Tick(waits.tick())));
    if (shut.isPresent()) {
      return held.flatMap(trigger -> hold(plan, trigger, shut.get()));
    }
    // One that has to wait for a slot is skipped when the gate shuts.
    ticks.starts().ifPresent(_ -> wakeAtCivil(gate.nextChange(civil)));
    return ticks
        .starts()
        .map(tick -> onTime(plan, tick))
        .or(() -> ticks.waits().flatMap(catchUp -> catchUp(plan, catchUp)));
  }

  private static Candidate onTime(Plan plan, Instant tick) {
    return new Candidate(
        plan,
        new Trigger.Tick(tick),
        1,
        false,
        0,
        Optional.of(tick),
        tick.plus(plan.splay()),
        plan.endOf(tick));
  }

  private Optional<Candidate> catchUp(Plan plan, Past.CatchUp catchUp) {
    Trigger trigger = new Trigger.Tick(catchUp.tick());
    Instant notBefore =
        catchUp.tick().isAfter(catchUp.notBefore()) ? catchUp.tick() : catchUp.notBefore();
    return ready(plan, trigger, notBefore)
        ? Optional.of(
            new Candidate(
                plan,
                trigger,
                1,
                true,
                catchUp.missed(),
                Optional.of(catchUp.tick()),
                notBefore,
                plan.endOf(catchUp.tick())))
        : Optional.empty();
  }

  private boolean worthwhile(Plan plan, Past past, Past.CatchUp waits) {
    Trigger trigger = new Trigger.Tick(waits.tick());
    return plan.enabled()
        && plan.schedule().isPresent()
        && waits.tick().isAfter(plan.effectiveFrom())
        && !waits.tick().isBefore(now.minus(RunLimits.CATCH_UP))
        && plan.endOf(waits.tick()).filter(end -> !now.isBefore(end)).isEmpty()
        && !past.knows(trigger)
        && !barred(plan.association(), trigger);
  }

  private Optional<Past.Again> again(Plan plan, Past past) {
    return past.again()
        .filter(again -> plan.triesAgain(again, situation.cancelled(), now))
        .filter(again -> !situation.permits().stops(plan.association(), again.trigger()));
  }

  private Optional<Candidate> repeat(Plan plan, Past.Again again, Optional<Shut> shut) {
    if (shut.isPresent()
        && !(again.trigger() instanceof Trigger.Manual
            && situation.host().always(plan.association()).isEmpty())) {
      return hold(plan, again.trigger(), shut.get());
    }
    return Optional.of(
        new Candidate(
            plan,
            again.trigger(),
            again.attempt(),
            again.caughtUp(),
            again.missedTicks(),
            Optional.empty(),
            now,
            Optional.empty()));
  }

  /**
   * Whether the splay is over; if not, what waits is shown and woken for. A wait that is longer
   * than any splay of this plan was reckoned by a clock that has gone back since; it is over.
   */
  private boolean ready(Plan plan, Trigger trigger, Instant notBefore) {
    Duration left = Duration.between(now, notBefore);
    if (left.compareTo(Duration.ZERO) <= 0
        || left.compareTo(plan.splay().plus(RunLimits.CLOCK_BACK)) > 0) {
      return true;
    }
    expect(plan, notBefore);
    waits(plan, trigger, Waiting.Reason.SPLAY);
    return false;
  }

  private List<Waiting> fillSlots() {
    int free =
        Math.min(RunLimits.RUNS_AT_ONCE, situation.host().runsAtOnce())
            - (int) situation.running().stream().filter(Running::takesSlot).count();
    Map<AssociationId, Integer> place = new HashMap<>();
    for (AssociationId association : situation.queue()) {
      place.putIfAbsent(association, place.size());
    }
    candidates.sort(
        Comparator.comparingInt(
                (Candidate c) -> place.getOrDefault(c.plan().association(), Integer.MAX_VALUE))
            .thenComparing(Candidate::readyAt)
            .thenComparing(c -> c.plan().association()));
    List<Waiting> queue = new ArrayList<>();
    for (Candidate candidate : candidates) {
      Plan plan = candidate.plan();
      boolean room = free > 0 || !plan.takesSlot();
      if (situation.host().holds().isPresent()) {
        waits(plan, candidate.trigger(), situation.host().holds().get());
      } else if (room && situation.permits().takesPlaceOf(candidate)) {
        actions.add(new Action.Supersede(plan.association(), candidate.trigger()));
      } else if (room && situation.permits().lacking(candidate.plan(), candidate.trigger())) {
        waits(plan, candidate.trigger(), Waiting.Reason.PERMIT);
      } else if (!plan.takesSlot()) {
        actions.add(candidate.start());
      } else if (free > 0) {
        free--;
        actions.add(candidate.start());
      } else {
        queue.add(new Waiting(plan.association(), candidate.trigger(), Waiting.Reason.HOST_SLOT));
      }
    }
    return queue;
  }

  /** An edit that the host does not let start anything is reported, and done with. */
  private boolean forbids(Plan plan, PendingTrigger pending) {
    Optional<String> why =
        situation.host().noEdits().filter(_ -> pending.trigger() instanceof Trigger.Change);
    why.ifPresent(
        words -> actions.add(new Action.Forbid(plan.association(), pending.trigger(), words)));
    return why.isPresent();
  }

  private void waits(Plan plan, Trigger trigger, Waiting.Reason reason) {
    waiting.add(new Waiting(plan.association(), trigger, reason));
  }

  private void expect(Plan plan, Instant start) {
    nextRuns.merge(plan.association(), start, (a, b) -> a.isBefore(b) ? a : b);
    wakeAt(start);
  }

  private void wakeAt(Instant moment) {
    if (moment.isAfter(now) && wake.filter(known -> !known.isAfter(moment)).isEmpty()) {
      wake = Optional.of(moment);
    }
  }

  /** A moment of the wall clock: as much later by that of schedules as that is ahead. */
  private void wakeAtCivil(Instant moment) {
    Duration lead = Duration.between(civil, now);
    wakeAt(moment.isAfter(Instant.MAX.minus(lead)) ? moment : moment.plus(lead));
  }

  private boolean cancelled(AssociationId association, Trigger trigger) {
    return !situation.cancelled().isEmpty()
        && situation.cancelled().contains(Identity.executionId(association, trigger));
  }

  /** Whether a trigger may not start, whatever its turn. */
  private boolean barred(AssociationId association, Trigger trigger) {
    return cancelled(association, trigger) || situation.permits().stops(association, trigger);
  }
}

package dev.holdfast.agent.schedule;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.Trigger;
import dev.holdfast.calendar.ChangeCalendar;
import dev.holdfast.schedule.Schedule;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Sha256;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the agenda needs of one assignment that is in effect.
 *
 * @param assignment names the revision
 * @param effectiveFrom ticks after it count
 * @param schedule empty: no ticks
 * @param anchor when the schedule was set
 * @param splay the delay of this instance for this association, not its bound
 * @param enabled if not, only manual starts
 * @param onlyTicks no {@code change:} and no {@code enter:}
 * @param rerun start again when an end was not seen: the association asks for it, or the document
 *     has only steps that look before they change anything
 * @param needsPermit may not start without one
 * @param runOffline without the coordinator it starts without a permit; else it waits
 * @param takesSlot runs of it are counted against those that a host does at once; false if it only
 *     reads inventory
 * @param calendars nothing starts while one of them is closed
 * @param lasts an execution is over so long after it began; empty: never
 */
public record Plan(
    AssociationId association,
    Sha256 assignment,
    Instant effectiveFrom,
    Optional<Schedule> schedule,
    Instant anchor,
    Duration splay,
    boolean enabled,
    boolean onlyTicks,
    boolean rerun,
    boolean needsPermit,
    boolean runOffline,
    boolean takesSlot,
    List<Calendar> calendars,
    Optional<Duration> lasts) {

  /** Copies the list. */
  public Plan {
    calendars = List.copyOf(calendars);
  }

  /** A change calendar, by its name. */
  public record Calendar(String name, ChangeCalendar rules) {}

  /**
   * Whether a trigger whose end nobody saw is still to be started once more. If not, what was seen
   * of it is its end.
   *
   * @param cancelled ids of executions that must not start
   */
  public boolean triesAgain(Past.Again again, Set<String> cancelled, Instant now) {
    return rerun
        && again.attempt() <= RunLimits.MAX_ATTEMPTS
        && (enabled || again.trigger() instanceof Trigger.Manual)
        && !again.since().isBefore(now.minus(RunLimits.CATCH_UP))
        && !cancelled.contains(Identity.executionId(association, again.trigger()));
  }

  /**
   * The plan as it counts on a host whose clock is so far behind that the schedule would lie in the
   * future: the host can't wait for that, so there it begins when the host came to know of it.
   *
   * @param known from when its ticks are on time
   */
  Plan where(Instant now, Instant known) {
    Instant future = now.plus(RunLimits.CLOCK_BACK);
    boolean ahead = schedule.filter(recurring -> recurring instanceof Schedule.Rate).isPresent();
    Instant effective = effectiveFrom.isAfter(future) ? known : effectiveFrom;
    Instant counted = ahead && anchor.isAfter(future) ? known : anchor;
    return effective.equals(effectiveFrom) && counted.equals(anchor)
        ? this
        : new Plan(
            association,
            assignment,
            effective,
            schedule,
            counted,
            splay,
            enabled,
            onlyTicks,
            rerun,
            needsPermit,
            runOffline,
            takesSlot,
            calendars,
            lasts);
  }

  /** When the execution of a tick is over. */
  Optional<Instant> endOf(Instant tick) {
    return lasts.map(tick::plus);
  }

  Optional<Instant> tickAfter(Instant moment) {
    return enabled
        ? schedule.flatMap(recurring -> recurring.next(moment, anchor))
        : Optional.empty();
  }
}

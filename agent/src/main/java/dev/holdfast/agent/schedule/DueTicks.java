package dev.holdfast.agent.schedule;

import dev.holdfast.association.Trigger;
import dev.holdfast.task.RunLimits;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The ticks of a plan that are due and not done with.
 *
 * @param onTime the newest one, if it came on time
 * @param olderThanThat the newest but that one
 * @param newestDue the newest of all; equals {@code onTime} if that is present
 * @param count how many are due; cancelled ones aside
 * @param cancelledThrough the newest due one that is cancelled
 * @param next the first that is not due yet
 */
record DueTicks(
    Optional<Instant> onTime,
    Optional<Instant> olderThanThat,
    Optional<Instant> newestDue,
    int count,
    Optional<Instant> cancelledThrough,
    Optional<Instant> next) {

  /**
   * Finds them: after what is done with, not older than {@link RunLimits#CATCH_UP}, and due with
   * the splay at {@code now}.
   */
  static DueTicks find(
      Plan plan, Past past, Instant now, Instant onTimeFrom, Predicate<Trigger> cancelled) {
    Instant done = past.doneThrough(plan.effectiveFrom(), now);
    // The oldest instant itself still counts, and the schedule gives what is strictly after.
    Instant oldest = now.minus(RunLimits.CATCH_UP).minusNanos(1);
    Optional<Instant> tick = plan.tickAfter(done.isBefore(oldest) ? oldest : done);
    Optional<Instant> newest = Optional.empty();
    Optional<Instant> second = Optional.empty();
    Optional<Instant> cancelledThrough = Optional.empty();
    int count = 0;
    while (tick.isPresent() && !tick.get().plus(plan.splay()).isAfter(now)) {
      if (cancelled.test(new Trigger.Tick(tick.get()))) {
        cancelledThrough = tick;
      } else if (!past.ticks().contains(tick.get())) {
        second = newest;
        newest = tick;
        count++;
      }
      tick = plan.tickAfter(tick.get());
    }
    while (tick.isPresent() && past.ticks().contains(tick.get())) {
      tick = plan.tickAfter(tick.get());
    }
    boolean onTime = newest.filter(t -> !t.plus(plan.splay()).isBefore(onTimeFrom)).isPresent();
    return new DueTicks(
        onTime ? newest : Optional.empty(),
        onTime ? second : Optional.empty(),
        newest,
        count,
        cancelledThrough,
        tick);
  }

  /** Due ticks don't matter; only the first that is not due. */
  static DueTicks none(Plan plan, Instant now) {
    return new DueTicks(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        0,
        Optional.empty(),
        plan.tickAfter(now.minus(plan.splay())));
  }

  /** The newest due one. */
  Instant newest() {
    return newestDue.orElseThrow();
  }

  /** If all that is due is cancelled, through when. */
  Optional<Instant> onlyCancelledThrough() {
    return count == 0 ? cancelledThrough : Optional.empty();
  }
}

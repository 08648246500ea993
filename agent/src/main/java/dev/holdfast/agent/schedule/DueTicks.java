package dev.holdfast.agent.schedule;

import dev.holdfast.association.Trigger;
import dev.holdfast.task.RunLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The ticks of a plan that are due and not done with.
 *
 * @param onTime the newest one that the gate let through, if it came on time
 * @param olderThanThat the newest but that one
 * @param newestDue the newest of all that the gate let through; equals {@code onTime} if that is
 *     present
 * @param count how many the gate let through; cancelled ones aside
 * @param cancelledThrough the newest due one that is cancelled
 * @param next the first that is not due yet
 * @param shut those that fell into a time in which the gate was shut
 */
record DueTicks(
    Optional<Instant> onTime,
    Optional<Instant> olderThanThat,
    Optional<Instant> newestDue,
    int count,
    Optional<Instant> cancelledThrough,
    Optional<Instant> next,
    List<ShutOut> shut) {

  /**
   * Ticks that fell into a time in which the gate was shut for one reason.
   *
   * @param newest the newest of them
   * @param count how many they are
   * @param by what shut the gate at the newest
   */
  record ShutOut(Instant newest, int count, Shut by) {}

  /**
   * Finds them: after what is done with, not older than {@link RunLimits#CATCH_UP} or than an
   * execution lasts, and due with the splay at {@code now}.
   */
  static DueTicks find(
      Plan plan,
      Past past,
      Gate gate,
      Instant now,
      Instant onTimeFrom,
      Predicate<Trigger> cancelled) {
    Instant done = past.doneThrough(plan.effectiveFrom(), now);
    Instant oldest = oldest(plan, now);
    Optional<Instant> tick = plan.tickAfter(done.isBefore(oldest) ? oldest : done);
    Optional<Instant> newest = Optional.empty();
    Optional<Instant> second = Optional.empty();
    Optional<Instant> cancelledThrough = Optional.empty();
    Map<Action.Reason, ShutOut> shut = new EnumMap<>(Action.Reason.class);
    Gate.Walk walk = gate.walk();
    int count = 0;
    while (tick.isPresent() && !tick.get().plus(plan.splay()).isAfter(now)) {
      Instant at = tick.get();
      Optional<Shut> by = walk.at(at);
      if (cancelled.test(new Trigger.Tick(at))) {
        cancelledThrough = tick;
      } else if (!past.ticks().contains(at) && by.isPresent()) {
        int before = shut.containsKey(by.get().reason()) ? shut.get(by.get().reason()).count() : 0;
        shut.put(by.get().reason(), new ShutOut(at, before + 1, by.get()));
      } else if (!past.ticks().contains(at)) {
        second = newest;
        newest = tick;
        count++;
      }
      tick = plan.tickAfter(at);
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
        tick,
        List.copyOf(shut.values()));
  }

  /** The instant after which ticks are looked for; the oldest that counts lies right behind it. */
  private static Instant oldest(Plan plan, Instant now) {
    Instant oldest = now.minus(RunLimits.CATCH_UP).minusNanos(1);
    Optional<Duration> lasts = plan.lasts();
    return lasts.isPresent() && lasts.get().compareTo(RunLimits.CATCH_UP) < 0
        ? now.minus(lasts.get())
        : oldest;
  }

  /** Due ticks don't matter; only the first that is not due. */
  static DueTicks none(Plan plan, Instant now) {
    return new DueTicks(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        0,
        Optional.empty(),
        plan.tickAfter(now.minus(plan.splay())),
        List.of());
  }

  /** The newest due one that the gate let through. */
  Instant newest() {
    return newestDue.orElseThrow();
  }

  /** Whether a tick after that one fell into a time in which the gate was shut. */
  boolean shutAfter(Instant tick) {
    return shut.stream().anyMatch(out -> out.newest().isAfter(tick));
  }

  /** If all that is due is cancelled, through when. */
  Optional<Instant> onlyCancelledThrough() {
    return count == 0 && shut.isEmpty() ? cancelledThrough : Optional.empty();
  }
}

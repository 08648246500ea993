package dev.holdfast.agent.schedule;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What becomes of the due ticks of an association that has no run in progress.
 *
 * @param actions for those that don't start
 * @param starts the one that may start now
 * @param waits missed ones that one run will make up for
 */
record TickOutcome(List<Action> actions, Optional<Instant> starts, Optional<Past.CatchUp> waits) {

  /**
   * Decides.
   *
   * @param waiting missed ticks of before that are still worth a run
   * @param shut nothing starts now
   * @param cutOff it starts only with a permit, for which nobody can be asked: what comes on time
   *     is made up for later
   */
  static TickOutcome of(
      Plan plan,
      DueTicks due,
      Optional<Past.CatchUp> waiting,
      Optional<Shut> shut,
      boolean cutOff,
      Instant now) {
    List<Action> actions = new ArrayList<>();
    Optional<Instant> starts = Optional.empty();
    Optional<Past.CatchUp> waits = waiting;
    Optional<Action> skip = due.onTime().flatMap(tick -> skip(plan, due, tick, shut));
    if (due.onTime().isPresent() && (skip.isPresent() || !cutOff)) {
      superseded(plan, due, waits).ifPresent(actions::add);
      skip.ifPresent(actions::add);
      starts = skip.isPresent() ? Optional.empty() : due.onTime();
      waits = Optional.empty();
    } else if (due.count() > 0) {
      Past.CatchUp missed =
          new Past.CatchUp(
              due.newest(),
              due.count() + waits.map(Past.CatchUp::missed).orElse(0),
              waits
                  .map(Past.CatchUp::notBefore)
                  .orElse(due.onTime().isPresent() ? now : now.plus(plan.splay())));
      actions.add(new Action.Miss(plan.association(), missed));
      waits = Optional.of(missed);
    } else {
      due.onlyCancelledThrough()
          .ifPresent(through -> actions.add(new Action.Handled(plan.association(), through)));
    }
    actions.addAll(shutOut(plan, due));
    return new TickOutcome(List.copyOf(actions), starts, waits);
  }

  /** Those that fell into a time in which the gate was shut. */
  static List<Action> shutOut(Plan plan, DueTicks due) {
    return due.shut().stream()
        .<Action>map(
            out ->
                new Action.Skip(
                    plan.association(),
                    out.newest(),
                    out.by().reason(),
                    out.count(),
                    out.by().why()))
        .toList();
  }

  /** The ticks before the newest that came on time, and those that wait to be made up for. */
  private static Optional<Action> superseded(
      Plan plan, DueTicks due, Optional<Past.CatchUp> waits) {
    return due.olderThanThat()
        .or(() -> waits.map(Past.CatchUp::tick))
        .map(
            older ->
                new Action.Skip(
                    plan.association(),
                    older,
                    Action.Reason.SUPERSEDED,
                    due.count() - 1 + waits.map(Past.CatchUp::missed).orElse(0)));
  }

  /**
   * Why the tick that came on time does not start: its turn comes while the gate is shut, or a
   * newer one has come, even though that is skipped.
   */
  private static Optional<Action> skip(Plan plan, DueTicks due, Instant tick, Optional<Shut> shut) {
    if (shut.isPresent()) {
      return Optional.of(
          new Action.Skip(plan.association(), tick, shut.get().reason(), 1, shut.get().why()));
    }
    return due.shutAfter(tick)
        ? Optional.of(new Action.Skip(plan.association(), tick, Action.Reason.SUPERSEDED, 1))
        : Optional.empty();
  }
}

package dev.holdfast.coordinator.execution;

import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.store.Executions.Execution;
import dev.holdfast.coordinator.store.Memberships.Membership;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Decides whom an execution's trigger addresses. */
public final class Addressees {
  private Addressees() {}

  /**
   * Whether the trigger addresses an instance.
   *
   * @param intervals the instance's membership intervals in the association
   * @param effectiveFrom from when the association's ticks counted at a tick's instant; without
   *     meaning for other triggers
   */
  public static boolean addresses(
      Execution execution, List<Membership> intervals, Instant effectiveFrom) {
    return interval(execution, intervals, effectiveFrom).isPresent();
  }

  /**
   * The interval in which the trigger found the instance; empty if it does not address it. The
   * parameters are those of {@link #addresses}.
   */
  static Optional<Membership> interval(
      Execution execution, List<Membership> intervals, Instant effectiveFrom) {
    if (execution.recovered()) {
      return Optional.empty(); // whom it addressed is forgotten
    }
    for (Membership interval : intervals) {
      boolean found =
          switch (execution.trigger()) {
            case Trigger.Tick(var at) ->
                effectiveFrom.isBefore(at)
                    && interval.entered().isBefore(at)
                    && interval.covers(at);
            case Trigger.Change _ -> interval.covers(execution.position());
            case Trigger.Enter _ -> interval.enteredPosition() == execution.position();
            case Trigger.Manual _ ->
                interval.covers(execution.position())
                    && (execution.instanceIds().isEmpty()
                        || execution.instanceIds().contains(interval.instance().value()));
          };
      if (found) {
        return Optional.of(interval);
      }
    }
    return Optional.empty();
  }
}

package dev.holdfast.coordinator.execution;

import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.store.Executions.Execution;
import dev.holdfast.coordinator.store.Memberships.Membership;
import java.time.Instant;
import java.util.List;

/** Decides whom an execution's trigger addresses. */
public final class Addressees {
  private Addressees() {}

  /**
   * Whether the trigger addresses an instance.
   *
   * @param intervals the instance's membership intervals in the association
   * @param effectiveFrom from when the association's ticks count
   */
  public static boolean addresses(
      Execution execution, List<Membership> intervals, Instant effectiveFrom) {
    return switch (execution.trigger()) {
      case Trigger.Tick(var at) ->
          effectiveFrom.isBefore(at)
              && intervals.stream().anyMatch(m -> m.covers(at) && m.entered().isBefore(at));
      case Trigger.Change _ -> intervals.stream().anyMatch(m -> m.covers(execution.position()));
      case Trigger.Enter _ ->
          intervals.stream().anyMatch(m -> m.enteredPosition() == execution.position());
      case Trigger.Manual _ ->
          intervals.stream()
              .anyMatch(
                  m ->
                      m.covers(execution.position())
                          && (execution.instanceIds().isEmpty()
                              || execution.instanceIds().contains(m.instance().value())));
    };
  }
}

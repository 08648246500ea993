package dev.holdfast.agent.schedule;

import dev.holdfast.assignment.Freeze;
import dev.holdfast.assignment.PendingTrigger;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All that the agenda decides from.
 *
 * @param now by the clock of schedules (see {@link ScheduleClock}): which ticks are due
 * @param civil by the wall clock, equal to that or before it: calendars, freezes, and the moments
 *     that people gave
 * @param plans what is in effect, one an association
 * @param past what the ledger knows; an association that is missing here has none
 * @param pending as the coordinator sent them, those not for what is in effect included
 * @param cancelled ids of executions
 * @param running runs in progress, also of associations that are no longer held
 * @param onTimeFrom for each plan: whoever was due at or after this instant found the agent up,
 *     awake and holding the assignment (see {@link Watch})
 * @param freeze in the set that came last, its time may be over
 * @param queue associations that waited for a slot of the host at the last decision, first come
 *     first
 * @param permits what rate control says
 * @param host what the host says
 */
public record Situation(
    Instant now,
    Instant civil,
    List<Plan> plans,
    Map<AssociationId, Past> past,
    List<PendingTrigger> pending,
    Set<String> cancelled,
    List<Running> running,
    Map<AssociationId, Instant> onTimeFrom,
    Optional<Freeze> freeze,
    List<AssociationId> queue,
    Permits permits,
    HostSay host) {

  /**
   * A run in progress.
   *
   * @param trigger empty if the ledger does not know it
   * @param takesSlot counts against the runs that a host does at once
   * @param ending its end was asked for
   * @param endBy when it is ended; empty: never
   */
  public record Running(
      AssociationId association,
      Optional<Trigger> trigger,
      boolean takesSlot,
      boolean ending,
      Optional<Instant> endBy) {

    /** One that may take as long as it takes. */
    public Running(
        AssociationId association, Optional<Trigger> trigger, boolean takesSlot, boolean ending) {
      this(association, trigger, takesSlot, ending, Optional.empty());
    }
  }
}

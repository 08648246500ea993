package dev.holdfast.agent.schedule;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.Trigger;
import java.util.Map;
import java.util.Set;

/**
 * What rate control says now.
 *
 * @param contact whether permits can be had
 * @param granted runs that may start
 * @param superseded runs that were asked for and are not to start: a newer trigger has begun
 * @param stopped ids of executions that had too many errors: of these nothing more starts
 */
public record Permits(
    Contact contact,
    Map<AssociationId, Trigger> granted,
    Map<AssociationId, Trigger> superseded,
    Set<String> stopped) {

  /** Linked, and nothing was said. */
  public static final Permits NONE = new Permits(Contact.LINKED, Map.of(), Map.of(), Set.of());

  /** Copies. */
  public Permits {
    granted = Map.copyOf(granted);
    superseded = Map.copyOf(superseded);
    stopped = Set.copyOf(stopped);
  }

  /** Whether the execution of a trigger had too many errors. */
  boolean stops(AssociationId association, Trigger trigger) {
    return !stopped.isEmpty() && stopped.contains(Identity.executionId(association, trigger));
  }

  /** How the coordinator can be reached. */
  public enum Contact {
    /** The link lives. */
    LINKED,
    /** It does not, and it may be back any moment. */
    AWAY,
    /** It has not for long: who may act alone does. */
    CUT_OFF
  }

  /** Without the coordinator its ticks are missed ones: one run makes up for them later. */
  boolean waitsForLink(Plan plan) {
    return plan.needsPermit() && !plan.runOffline() && contact != Contact.LINKED;
  }

  /** Whether a trigger needs a permit that it doesn't have. */
  boolean lacking(Plan plan, Trigger trigger) {
    boolean alone = plan.runOffline() && contact == Contact.CUT_OFF;
    return plan.needsPermit() && !alone && !trigger.equals(granted.get(plan.association()));
  }

  /** Whether a newer trigger began elsewhere. Another attempt is of a run that has begun itself. */
  boolean takesPlaceOf(Candidate candidate) {
    return candidate.attempt() == 1
        && lacking(candidate.plan(), candidate.trigger())
        && candidate.trigger().equals(superseded.get(candidate.plan().association()));
  }
}

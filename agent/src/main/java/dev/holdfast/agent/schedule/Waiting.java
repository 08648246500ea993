package dev.holdfast.agent.schedule;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;

/** A trigger that is due and not started, and what it waits for. At most one an association. */
public record Waiting(AssociationId association, Trigger trigger, Reason reason) {

  /** What a trigger waits for. */
  public enum Reason {
    /** Other documents run on this host, as many as may at once. */
    HOST_SLOT,
    /** A run of its own association is in progress. */
    OWN_RUN,
    /** Its splay. */
    SPLAY,
    /** A permit of the coordinator. */
    PERMIT,
    /** A calendar of the association, to open. */
    CALENDAR_CLOSED,
    /** The end of the freeze. */
    FROZEN,
    /** A new revision: the one that is here brought the agent down. */
    PARKED,
    /** The host's own policy. */
    HOST_POLICY,
    /** Room on the host's disk. */
    HOST_DISK,
    /** The end of safe mode: the agent went down again and again. */
    SAFE_MODE
  }
}

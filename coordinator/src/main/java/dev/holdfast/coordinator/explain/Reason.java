package dev.holdfast.coordinator.explain;

import java.time.Instant;
import java.util.Optional;

/**
 * One thing that holds a run, or says why there is none.
 *
 * @param message in words, for people
 * @param since when it began; empty if nobody knows
 */
public record Reason(Code code, String message, Optional<Instant> since) {

  /** The documented list; programs rely on the names. */
  public enum Code {
    /** The association does not name the instance. */
    NOT_TARGETED,
    /** Nothing is left to run before the next tick. */
    WAITING_FOR_TICK,
    /** A change calendar is closed. */
    CALENDAR_CLOSED,
    /** As many run at once as may. */
    WAITING_FOR_PERMIT,
    /** Too many failed before its turn came. */
    ERROR_LIMIT,
    /** It waits for a slot of the host. */
    QUEUED,
    /** A step waits for something of the host that another run has. */
    BUSY,
    /** The instance is not linked. */
    OFFLINE,
    /** Only ticks and people start it. */
    APPLY_ONLY,
    /** The association is disabled. */
    DISABLED,
    /** All automatic runs are held. */
    FROZEN,
    /** It brought the agent down, which leaves it alone. */
    PARKED,
    /** The instance does not hold yet what it is to run. */
    FETCHING,
    /** Something newer took its place. */
    SUPERSEDED,
    /** A run is in progress. */
    RUNNING,
    /** No tick comes, and nothing is left to run. */
    DONE,
    /** It waits for its place in the time over which runs are spread. */
    SPLAY,
    /** The instance was not let in yet. */
    NOT_APPROVED,
    /** There is nothing that could be run. */
    INVALID_DOCUMENT,
    /** It could not start in time. */
    EXPIRED,
    /** Somebody cancelled it. */
    CANCELLED
  }
}

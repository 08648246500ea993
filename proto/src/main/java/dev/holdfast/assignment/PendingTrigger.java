package dev.holdfast.assignment;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import dev.holdfast.task.Sha256;
import java.time.Instant;
import java.util.Optional;

/**
 * A trigger that the coordinator made and that this instance has not reported yet. It starts only
 * when the assignment that it belongs to is adopted, at most once, and not after its time.
 *
 * @param cause in words: who or what asked for it
 * @param notAfter the last moment at which it may start
 * @param assignment the revision that it belongs to
 * @param ignoreCalendars a manual start that closed calendars don't hold
 * @param endBy when a run of it is ended, and it can't start any more; empty: never
 */
public record PendingTrigger(
    AssociationId association,
    Trigger trigger,
    String cause,
    Instant notAfter,
    Sha256 assignment,
    boolean ignoreCalendars,
    Optional<Instant> endBy) {}

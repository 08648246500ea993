package dev.holdfast.assignment;

import dev.holdfast.association.AssociationId;
import dev.holdfast.task.Sha256;
import java.time.Instant;

/**
 * One line of a set: which revision of an association holds, and from when its ticks count.
 *
 * @param body the SHA-256 of the assignment's bytes
 * @param effectiveFrom ticks after this instant are due: when the instance came in, or the schedule
 *     changed
 */
public record AssignmentReference(AssociationId association, Sha256 body, Instant effectiveFrom) {}

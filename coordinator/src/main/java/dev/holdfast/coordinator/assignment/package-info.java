/**
 * The assignment set of an instance, computed from rows: what a trigger offers to whom is decided
 * by pure functions, rows are read for many instances at once. A planner belongs to one thread;
 * {@link dev.holdfast.coordinator.assignment.SetBodies} may be used by any.
 */
@NullMarked
package dev.holdfast.coordinator.assignment;

import org.jspecify.annotations.NullMarked;

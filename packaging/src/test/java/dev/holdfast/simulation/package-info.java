/**
 * A whole fleet in one thread, from a seed: the coordinator's engine over its real store and the
 * agents' real core, with time, links, disks and processes replaced. The invariants of the design
 * are checked at every step.
 */
@NullMarked
package dev.holdfast.simulation;

import org.jspecify.annotations.NullMarked;

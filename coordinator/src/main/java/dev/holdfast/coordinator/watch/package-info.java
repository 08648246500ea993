/**
 * What the coordinator shows of itself: figures read from the store now and then, the ends of runs
 * counted as they are stored, and probes, which measure delivery from end to end.
 */
@NullMarked
package dev.holdfast.coordinator.watch;

import org.jspecify.annotations.NullMarked;

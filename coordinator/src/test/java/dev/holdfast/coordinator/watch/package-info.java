/** Tests of what the coordinator shows of itself. */
@NullMarked
package dev.holdfast.coordinator.watch;

import org.jspecify.annotations.NullMarked;

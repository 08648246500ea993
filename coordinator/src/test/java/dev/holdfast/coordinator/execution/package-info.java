/** Ticks and their rows. */
@NullMarked
package dev.holdfast.coordinator.execution;

import org.jspecify.annotations.NullMarked;

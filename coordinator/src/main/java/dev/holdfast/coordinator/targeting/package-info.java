/** Which instances a target names. Pure. */
@NullMarked
package dev.holdfast.coordinator.targeting;

import org.jspecify.annotations.NullMarked;

/** Tests of targeting. */
@NullMarked
package dev.holdfast.coordinator.targeting;

import org.jspecify.annotations.NullMarked;

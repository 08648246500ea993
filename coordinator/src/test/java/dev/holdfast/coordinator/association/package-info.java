/** Tests of associations. */
@NullMarked
package dev.holdfast.coordinator.association;

import org.jspecify.annotations.NullMarked;

/** Tests of the reasons that are given. */
@NullMarked
package dev.holdfast.coordinator.explain;

import org.jspecify.annotations.NullMarked;

/** Tests of the open links. */
@NullMarked
package dev.holdfast.coordinator.link;

import org.jspecify.annotations.NullMarked;

/** Tests of enrolling and trust. */
@NullMarked
package dev.holdfast.coordinator.trust;

import org.jspecify.annotations.NullMarked;

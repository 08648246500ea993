/** Tests of the computing of sets. */
@NullMarked
package dev.holdfast.coordinator.assignment;

import org.jspecify.annotations.NullMarked;

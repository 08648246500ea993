/** Verdicts, and how long they are fresh. */
@NullMarked
package dev.holdfast.coordinator.compliance;

import org.jspecify.annotations.NullMarked;

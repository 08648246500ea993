/**
 * The rules of associations: what may be written, what it resolves to, to whom it applies, and what
 * an edit runs. Everything that follows from a change is written in the transaction of the change.
 */
@NullMarked
package dev.holdfast.coordinator.association;

import org.jspecify.annotations.NullMarked;

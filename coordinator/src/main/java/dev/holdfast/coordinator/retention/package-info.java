/**
 * What was kept for long enough goes, a little at a time, while reports come in. Which runs stay is
 * a pure rule; all else is one statement each in the store.
 */
@NullMarked
package dev.holdfast.coordinator.retention;

import org.jspecify.annotations.NullMarked;

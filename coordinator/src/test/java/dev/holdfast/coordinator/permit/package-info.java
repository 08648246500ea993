/**
 * Who gets a permit, who waits and who never starts; with a whole engine and agents that are not
 * there.
 */
@NullMarked
package dev.holdfast.coordinator.permit;

import org.jspecify.annotations.NullMarked;

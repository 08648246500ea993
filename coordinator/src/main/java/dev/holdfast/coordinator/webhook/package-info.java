/** Sends events to URLs by HTTP POST: in order, signed, each at least once, for a day at most. */
@NullMarked
package dev.holdfast.coordinator.webhook;

import org.jspecify.annotations.NullMarked;

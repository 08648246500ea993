/**
 * The open links: hello, pushing the newest set through a one-place outbox, acknowledging,
 * presence. A link's state belongs to one executor; the network is behind {@link
 * dev.holdfast.coordinator.link.Outlet}.
 */
@NullMarked
package dev.holdfast.coordinator.link;

import org.jspecify.annotations.NullMarked;

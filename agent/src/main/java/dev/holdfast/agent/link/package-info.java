/**
 * The stream to the coordinator: hello, sending what is spooled, heartbeats, reconnecting. The link
 * is a state machine on the agent's own thread; the network is behind {@link
 * dev.holdfast.agent.link.Dialer}. Generated messages are used here and in the wire package alone.
 */
@NullMarked
package dev.holdfast.agent.link;

import org.jspecify.annotations.NullMarked;

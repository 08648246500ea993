/**
 * How the coordinator is reached: the agent port and the admin port with TLS and the bounds of the
 * transport, the metrics port, and the socket of local administration. Calls run on the executor of
 * their port, connections on Netty's event loops; nothing here decides who may do what.
 */
@NullMarked
package dev.holdfast.coordinator.server;

import org.jspecify.annotations.NullMarked;

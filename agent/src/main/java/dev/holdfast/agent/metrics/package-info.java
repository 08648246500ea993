/**
 * The agent's metrics as text, and the port on which they are read if the host's owner asks for
 * one: nothing of it is there until somebody asks.
 */
@NullMarked
package dev.holdfast.agent.metrics;

import org.jspecify.annotations.NullMarked;

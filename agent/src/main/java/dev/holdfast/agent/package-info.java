/**
 * The agent as a whole: what it holds, when it acts, what it starts and what it reports. {@link
 * dev.holdfast.agent.Agent} is the owner of all that can change here; everything runs on the one
 * thread of the {@code Timers} that it was given.
 */
@NullMarked
package dev.holdfast.agent;

import org.jspecify.annotations.NullMarked;

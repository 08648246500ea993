/**
 * When to run what: a pure decider over what is held, what the ledger knows, and the moment. It
 * performs nothing and keeps nothing; the agent does what it decides. Values and functions, on any
 * thread, but for {@link dev.holdfast.agent.schedule.Watch} and the sets inside {@link
 * dev.holdfast.agent.schedule.Past}, which belong to the agent's own thread.
 */
@NullMarked
package dev.holdfast.agent.schedule;

import org.jspecify.annotations.NullMarked;

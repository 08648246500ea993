package dev.holdfast.agent.schedule;

import java.time.Instant;
import java.util.Optional;

/**
 * Nothing of an association starts by itself at a moment.
 *
 * @param reason of a tick that falls into it
 * @param why in words: which calendars are closed, or who froze everything and why
 * @param until when to look again; empty: not before something else happens
 * @param waits what whatever waits for its end is shown to wait for
 */
record Shut(Action.Reason reason, String why, Optional<Instant> until, Waiting.Reason waits) {}

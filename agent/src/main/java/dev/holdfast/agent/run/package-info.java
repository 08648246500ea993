/**
 * Runs: one document executed once on this host. What happens next is decided by a pure state
 * machine; the runner performs it, journals it before it happens, and adopts what outlived the
 * agent. Everything on the agent's own thread.
 */
@NullMarked
package dev.holdfast.agent.run;

import org.jspecify.annotations.NullMarked;

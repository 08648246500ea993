/**
 * Reports on disk until the coordinator has stored them: three lanes, each with a sequence, in one
 * epoch. On the agent's own thread.
 */
@NullMarked
package dev.holdfast.agent.spool;

import org.jspecify.annotations.NullMarked;

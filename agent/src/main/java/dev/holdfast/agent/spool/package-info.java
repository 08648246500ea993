/**
 * Reports on disk until the coordinator has stored them: three lanes, each with a sequence, in one
 * epoch. Results are synced before they count as added and are kept for a while after they were
 * stored; of progress and inventory only the newest is kept. On the agent's own thread.
 */
@NullMarked
package dev.holdfast.agent.spool;

import org.jspecify.annotations.NullMarked;

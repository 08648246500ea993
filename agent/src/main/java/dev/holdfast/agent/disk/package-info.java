/**
 * The agent's one folder of state, as a seam: everything durable goes through {@link
 * dev.holdfast.agent.disk.Disk}, so that the simulation can lose what was not synced. Used on the
 * agent's own thread.
 */
@NullMarked
package dev.holdfast.agent.disk;

import org.jspecify.annotations.NullMarked;

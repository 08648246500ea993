/**
 * What this instance is told to keep, on its disk: the set and its bodies, each verified by its
 * SHA-256 whenever it is read, and the ledger of what was started because of them. All of it is
 * used on the agent's own thread. Whatever fails on the disk is thrown as {@link
 * dev.holdfast.agent.disk.DiskException}, which the program must not survive: what is in memory may
 * then be ahead of what is durable.
 */
@NullMarked
package dev.holdfast.agent.assignment;

import org.jspecify.annotations.NullMarked;

/**
 * What is installed on the host: read from the system's own databases, and from OSHI where these
 * differ by platform. The only place that uses OSHI. Gathering runs on a worker and keeps nothing;
 * {@link dev.holdfast.agent.inventory.ChangedInventory} is on the agent's own thread.
 */
@NullMarked
package dev.holdfast.agent.inventory;

import org.jspecify.annotations.NullMarked;

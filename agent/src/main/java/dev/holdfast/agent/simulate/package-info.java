/**
 * Hosts that are not there, under agents that are: processes and disks in memory. For load ({@code
 * holdfast-agent simulate}) and for the simulation of a whole fleet in one thread.
 */
@NullMarked
package dev.holdfast.agent.simulate;

import org.jspecify.annotations.NullMarked;

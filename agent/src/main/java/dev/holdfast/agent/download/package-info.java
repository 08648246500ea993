/**
 * Downloads: what a step fetches from the network, in bounds, checked, and put in place whole or
 * not at all.
 */
@NullMarked
package dev.holdfast.agent.download;

import org.jspecify.annotations.NullMarked;

/** Tests of the agent's metrics. */
@NullMarked
package dev.holdfast.agent.metrics;

import org.jspecify.annotations.NullMarked;

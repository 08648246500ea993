/** Tests of processes, with real ones. */
@NullMarked
package dev.holdfast.agent.process;

import org.jspecify.annotations.NullMarked;

/** Tests of {@code dev.holdfast.agent.process}. */
@NullMarked
package dev.holdfast.agent.process;

import org.jspecify.annotations.NullMarked;

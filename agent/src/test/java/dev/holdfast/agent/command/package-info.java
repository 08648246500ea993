/** Tests of {@code dev.holdfast.agent.command}. */
@NullMarked
package dev.holdfast.agent.command;

import org.jspecify.annotations.NullMarked;

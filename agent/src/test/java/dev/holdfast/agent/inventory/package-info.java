/** Tests of {@code dev.holdfast.agent.inventory}. */
@NullMarked
package dev.holdfast.agent.inventory;

import org.jspecify.annotations.NullMarked;

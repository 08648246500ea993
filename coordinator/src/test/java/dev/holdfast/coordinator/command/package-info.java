/** Tests. */
@NullMarked
package dev.holdfast.coordinator.command;

import org.jspecify.annotations.NullMarked;

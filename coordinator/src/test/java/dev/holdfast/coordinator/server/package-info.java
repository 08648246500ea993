/** Tests. */
@NullMarked
package dev.holdfast.coordinator.server;

import org.jspecify.annotations.NullMarked;

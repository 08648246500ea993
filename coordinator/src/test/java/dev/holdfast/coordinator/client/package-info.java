/** Tests. */
@NullMarked
package dev.holdfast.coordinator.client;

import org.jspecify.annotations.NullMarked;

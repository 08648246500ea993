/** Tests of the store. */
@NullMarked
package dev.holdfast.coordinator.store;

import org.jspecify.annotations.NullMarked;

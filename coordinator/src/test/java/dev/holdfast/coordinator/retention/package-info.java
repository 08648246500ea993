/** What stays and what goes. */
@NullMarked
package dev.holdfast.coordinator.retention;

import org.jspecify.annotations.NullMarked;

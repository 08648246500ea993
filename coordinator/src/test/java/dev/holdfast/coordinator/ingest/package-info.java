/** Reports into rows. */
@NullMarked
package dev.holdfast.coordinator.ingest;

import org.jspecify.annotations.NullMarked;

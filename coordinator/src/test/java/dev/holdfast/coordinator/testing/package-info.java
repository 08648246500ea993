/** What tests of the coordinator share: rows as other parts write them. */
@NullMarked
package dev.holdfast.coordinator.testing;

import org.jspecify.annotations.NullMarked;

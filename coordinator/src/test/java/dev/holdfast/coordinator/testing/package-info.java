/** What tests of several packages share. */
@NullMarked
package dev.holdfast.coordinator.testing;

import org.jspecify.annotations.NullMarked;

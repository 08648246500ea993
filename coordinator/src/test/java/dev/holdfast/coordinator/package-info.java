/** Tests. */
@NullMarked
package dev.holdfast.coordinator;

import org.jspecify.annotations.NullMarked;

/** What inventory is stored. */
@NullMarked
package dev.holdfast.coordinator.inventory;

import org.jspecify.annotations.NullMarked;

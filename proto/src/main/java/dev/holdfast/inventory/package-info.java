/**
 * Inventory as both sides see it: items without an order, the hash of a content, and the difference
 * between two.
 */
@NullMarked
package dev.holdfast.inventory;

import org.jspecify.annotations.NullMarked;

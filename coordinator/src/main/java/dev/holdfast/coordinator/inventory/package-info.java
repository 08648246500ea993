/**
 * What is installed on instances: which reports of it are stored. Pure. The rows are in {@code
 * store.Inventories}.
 */
@NullMarked
package dev.holdfast.coordinator.inventory;

import org.jspecify.annotations.NullMarked;

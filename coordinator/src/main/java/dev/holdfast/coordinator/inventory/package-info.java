/**
 * What is installed on instances: reports into rows, who has what in memory, and the questions that
 * are asked of both. The SQL is in {@code store.Inventories} and its neighbours.
 */
@NullMarked
package dev.holdfast.coordinator.inventory;

import org.jspecify.annotations.NullMarked;

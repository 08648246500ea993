/**
 * Executions: whom a trigger addresses, and what a target that has not reported reads. Pure but for
 * reading rows.
 */
@NullMarked
package dev.holdfast.coordinator.execution;

import org.jspecify.annotations.NullMarked;

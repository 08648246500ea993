/** Tests of executions. */
@NullMarked
package dev.holdfast.coordinator.execution;

import org.jspecify.annotations.NullMarked;

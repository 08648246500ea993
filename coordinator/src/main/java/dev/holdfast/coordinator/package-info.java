/**
 * The program: its configuration, its composition root, and {@code main}. Everything is made here,
 * in order, on the starting thread, and closed in reverse.
 */
@NullMarked
package dev.holdfast.coordinator;

import org.jspecify.annotations.NullMarked;

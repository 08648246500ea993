/**
 * The commands of {@code holdfast-coordinator}: what is read from the command line, and how it is
 * told. What they do is handed to them. On the main thread.
 */
@NullMarked
package dev.holdfast.coordinator.command;

import org.jspecify.annotations.NullMarked;

/**
 * What an instance is told to keep: its assignments, named by hash, at a generation. Pure values;
 * the wire form is in {@code dev.holdfast.wire}.
 */
@NullMarked
package dev.holdfast.assignment;

import org.jspecify.annotations.NullMarked;

/**
 * The two programs with armed failpoints, for tests that end them at a chosen place. They are no
 * part of what is installed.
 */
@NullMarked
package dev.holdfast.faults;

import org.jspecify.annotations.NullMarked;

/**
 * Measures the programs as they are, from outside, in a rig of its own. Each bench has a {@code
 * main} and a script in {@code packaging/bench}; its calls wait on the thread that runs it.
 */
@NullMarked
package dev.holdfast.bench;

import org.jspecify.annotations.NullMarked;

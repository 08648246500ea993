/**
 * The black-box fault suite: real programs, a fault, and what must hold nevertheless. Each case
 * says what it did in figures; what this machine can't do is skipped with the reason, never passed.
 *
 * <p>The programs with armed failpoints are here too. They are no part of what is installed.
 */
@NullMarked
package dev.holdfast.faults;

import org.jspecify.annotations.NullMarked;

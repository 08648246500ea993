/**
 * What reads bytes that others wrote, fed with bytes that nobody would write: guided by coverage on
 * demand, and in every build with all inputs that once reached a new branch.
 */
@NullMarked
package dev.holdfast.fuzz;

import org.jspecify.annotations.NullMarked;

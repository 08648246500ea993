/**
 * Tests with real processes: the two programs started by their launchers, as a person would, in
 * temporary folders on loopback. They run beside the other tests, since most of their time is
 * waiting.
 */
@NullMarked
package dev.holdfast.system;

import org.jspecify.annotations.NullMarked;

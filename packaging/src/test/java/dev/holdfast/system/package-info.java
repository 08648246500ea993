/**
 * Tests with real processes. They run beside the other tests, since most of their time is waiting.
 */
@NullMarked
package dev.holdfast.system;

import org.jspecify.annotations.NullMarked;

/** Tests of schedules. */
@NullMarked
package dev.holdfast.schedule;

import org.jspecify.annotations.NullMarked;

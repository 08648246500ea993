/** Tests of what both programs need to run. */
@NullMarked
package dev.holdfast.task;

import org.jspecify.annotations.NullMarked;

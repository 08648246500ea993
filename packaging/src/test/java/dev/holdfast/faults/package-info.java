/** Tests of what arms failpoints. */
@NullMarked
package dev.holdfast.faults;

import org.jspecify.annotations.NullMarked;

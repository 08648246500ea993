/** Tests of the package. */
@NullMarked
package dev.holdfast.agent;

import org.jspecify.annotations.NullMarked;

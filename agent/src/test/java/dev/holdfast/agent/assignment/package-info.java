/** Tests of the package. */
@NullMarked
package dev.holdfast.agent.assignment;

import org.jspecify.annotations.NullMarked;

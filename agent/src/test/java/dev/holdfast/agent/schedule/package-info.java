/** Tests of the package. */
@NullMarked
package dev.holdfast.agent.schedule;

import org.jspecify.annotations.NullMarked;

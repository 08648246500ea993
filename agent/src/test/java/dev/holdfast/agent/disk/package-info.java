/** Tests of the package. */
@NullMarked
package dev.holdfast.agent.disk;

import org.jspecify.annotations.NullMarked;

/** Tests of the ids both sides compute. */
@NullMarked
package dev.holdfast.association;

import org.jspecify.annotations.NullMarked;

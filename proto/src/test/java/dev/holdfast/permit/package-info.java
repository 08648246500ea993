/** Tests of rate control as both sides speak of it. */
@NullMarked
package dev.holdfast.permit;

import org.jspecify.annotations.NullMarked;
